import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Window;
import org.apache.kafka.streams.state.SessionStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;

/** What stores hold: [key, value, time], a windowed key as it is written in outputs. */
final class Contents {
    private Contents() {}

    static ObjectNode read(TopologyTestDriver driver, JsonNode stores) {
        ObjectNode contents = Driver.JSON.createObjectNode();
        for (JsonNode store : stores) {
            ArrayNode rows = contents.putArray(store.get("name").asText());
            switch (store.get("kind").asText()) {
                case "key-value" -> keyValue(driver, store.get("name").asText(), rows);
                case "window" -> window(driver, store.get("name").asText(), rows);
                case "session" -> session(driver, store.get("name").asText(), rows);
                default -> throw new IllegalArgumentException("a store of kind " + store.get("kind"));
            }
        }
        return contents;
    }

    static void keyValue(TopologyTestDriver driver, String name, ArrayNode rows) {
        try (var found = driver.<Object, Object>getTimestampedKeyValueStore(name).all()) {
            found.forEachRemaining(row -> add(rows, String.valueOf(row.key), row.value));
        }
    }

    static void window(TopologyTestDriver driver, String name, ArrayNode rows) {
        try (var found = driver.<Object, Object>getTimestampedWindowStore(name).all()) {
            found.forEachRemaining(row -> add(rows, written(row.key.key(), row.key.window()), row.value));
        }
    }

    static void session(TopologyTestDriver driver, String name, ArrayNode rows) {
        SessionStore<Object, Object> store = driver.getSessionStore(name);
        try (var found = store.fetch(null, null)) {
            found.forEachRemaining(row -> {
                long time = row.key.window().end();
                add(rows, written(row.key.key(), row.key.window()), ValueAndTimestamp.make(row.value, time));
            });
        }
    }

    static void add(ArrayNode rows, String key, ValueAndTimestamp<Object> row) {
        rows.addArray().add(key).add(String.valueOf(row.value())).add(row.timestamp());
    }

    static String written(Object key, Window window) {
        return key + "@" + window.start() + ".." + window.end();
    }
}
