/** What operators do with values, as test/streams says it too. */
final class Values {
    private Values() {}

    static int mark(String value) {
        int mark = 0;
        for (int index = 0; index < value.length(); index++) mark += value.charAt(index);
        return mark;
    }

    static boolean falls(String value, int modulus, int remainder) {
        return value != null && mark(value) % modulus == remainder;
    }

    static String group(String value, int modulus) {
        return "g" + (value == null ? 0 : mark(value) % modulus);
    }

    static String append(String sum, String value) {
        return sum + "+" + (value == null ? "~" : value);
    }

    static String takeBack(String sum, String value) {
        return sum + "-" + value;
    }

    /** One session out of two; "0" is the sum of nothing, from which Kafka Streams begins each merging. */
    static String unite(String one, String other) {
        if (one.equals("0")) return other;
        return other.equals("0") ? one : one + "&" + other;
    }

    static String pair(String left, String right) {
        return (left == null ? "∅" : left) + "~" + (right == null ? "∅" : right);
    }

    static String foreignKey(String value) {
        int bar = value.indexOf('|');
        return bar < 0 ? null : value.substring(bar + 1);
    }
}
