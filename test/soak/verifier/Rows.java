import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** An output of one row per window: each row that must be there is, once, with its sum. */
final class Rows {
    private final String topic;
    private final Map<String, Row> rows = new HashMap<>();

    private static final class Row {
        int times;
        Sum sum;
    }

    Rows(String topic) {
        this.topic = topic;
    }

    void take(ConsumerRecord<byte[], byte[]> record) {
        JsonNode json = Seen.parse(record.value());
        String row = Aggregates.row(new String(record.key()), json.get("start").asLong(), json.get("end").asLong());
        Row found = rows.computeIfAbsent(row, name -> new Row());
        found.times++;
        found.sum = Sum.of(json);
    }

    long count() {
        return rows.values().stream().mapToLong(row -> row.times).sum();
    }

    Tally compare(Map<String, Sum> expected, String made, Step step) {
        Tally tally = new Tally();
        expected.forEach((row, sum) -> {
            Row found = rows.get(row);
            int there = found == null ? 0 : found.times;
            if (there == 0) tally.lost++;
            if (there > 1) tally.doubled += there - 1;
            step.expect(there == 1, topic + " has row " + row + " " + there + " times");
            step.expect(found == null || found.sum.equals(sum), topic + " row " + row + ": " + made + " it is not");
        });
        for (String row : rows.keySet()) {
            step.expect(expected.containsKey(row), topic + " has row " + row + ", which " + made + " does not");
        }
        return tally;
    }
}
