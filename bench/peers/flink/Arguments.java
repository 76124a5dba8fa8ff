import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the command line says.
 *
 * @param work its name, for the stream works
 * @param api sql, or stream for the DataStream API
 * @param query the SQL of the work; empty for the stream works
 * @param inputs names of the topics that are read, without their prefix
 * @param key fields that identify a row of an upsert result; none for append
 * @param state heap or rocksdb
 * @param explain print the plan of a query too
 * @param scratch for checkpoints and RocksDB
 */
public record Arguments(
        String brokers,
        String work,
        String application,
        String output,
        int threads,
        String api,
        String query,
        List<String> inputs,
        List<String> key,
        String state,
        boolean explain,
        Path scratch) {

    static final String TOPIC_PREFIX = "nexmark.";

    static Arguments of(String[] words, Path scratch) throws java.io.IOException {
        Map<String, String> named = new HashMap<>();
        for (int at = 0; at + 1 < words.length; at += 2) {
            named.put(words[at], words[at + 1]);
        }
        String query = named.getOrDefault("--query", "");
        return new Arguments(
                required(named, "--brokers"),
                required(named, "--work"),
                required(named, "--app"),
                required(named, "--output"),
                Integer.parseInt(named.getOrDefault("--threads", "1")),
                named.getOrDefault("--api", "sql"),
                query.isEmpty() ? "" : Files.readString(Path.of(query)),
                list(named.getOrDefault("--inputs", "")),
                list(named.getOrDefault("--key", "")),
                named.getOrDefault("--state", "heap"),
                named.containsKey("--explain"),
                scratch);
    }

    private static String required(Map<String, String> named, String name) {
        String value = named.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }

    private static List<String> list(String words) {
        List<String> found = new ArrayList<>();
        for (String word : words.split(",")) {
            if (!word.isEmpty()) {
                found.add(word);
            }
        }
        return found;
    }
}
