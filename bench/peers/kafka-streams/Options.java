import java.util.HashMap;
import java.util.Map;

/** The words every peer takes, and `--state rocksdb|memory` of this one. */
record Options(String brokers, String work, String app, String output, int threads, boolean inMemory) {
    static Options parse(String[] words) {
        Map<String, String> values = new HashMap<>();
        for (int at = 0; at + 1 < words.length; at += 2) values.put(words[at], words[at + 1]);
        return new Options(
            needed(values, "--brokers"),
            needed(values, "--work"),
            needed(values, "--app"),
            needed(values, "--output"),
            Integer.parseInt(values.getOrDefault("--threads", "1")),
            values.getOrDefault("--state", "rocksdb").equals("memory"));
    }

    private static String needed(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null) throw new IllegalArgumentException(name + " is missing");
        return value;
    }
}
