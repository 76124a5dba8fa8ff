import com.fasterxml.jackson.databind.JsonNode;

/** What the topology knows of a set of records: two are equal when they are sums of the same records. */
final class Sum {
    long count;
    long sum;
    long min = 9_007_199_254_740_991L;
    long print;

    void add(long amount, long recordPrint) {
        count++;
        sum += amount;
        min = Math.min(min, amount);
        print = (print + recordPrint) & 0xffff_ffffL;
    }

    static Sum of(JsonNode json) {
        Sum made = new Sum();
        made.count = json.get("count").asLong();
        made.sum = json.get("sum").asLong();
        made.min = json.get("min").asLong();
        made.print = json.get("print").asLong();
        return made;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sum that && count == that.count && sum == that.sum && min == that.min
            && print == that.print;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(print);
    }

    @Override
    public String toString() {
        return count + " records, sum " + sum + ", min " + min + ", print " + print;
    }
}
