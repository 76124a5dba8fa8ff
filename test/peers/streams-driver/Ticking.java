import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** Passes records with a count per key, and says `tick@time` and `clock@time` on event time and on the wall clock. */
final class Ticking implements Processor<String, String, String, String> {
    private final String store;
    private final JsonNode everyEventTime;
    private final JsonNode everyWallClock;
    private ProcessorContext<String, String> context;
    private KeyValueStore<String, Long> counts;

    Ticking(JsonNode operator) {
        store = operator.get("id").asText();
        everyEventTime = operator.get("everyEventTime");
        everyWallClock = operator.get("everyWallClock");
    }

    @Override
    public void init(ProcessorContext<String, String> context) {
        this.context = context;
        counts = context.getStateStore(store);
        schedule(everyEventTime, PunctuationType.STREAM_TIME, "tick@");
        schedule(everyWallClock, PunctuationType.WALL_CLOCK_TIME, "clock@");
    }

    private void schedule(JsonNode every, PunctuationType type, String word) {
        if (every.isNull()) return;
        context.schedule(
            Duration.ofMillis(every.asLong()),
            type,
            time -> context.forward(new Record<>(null, word + time, time)));
    }

    @Override
    public void process(Record<String, String> record) {
        if (record.key() == null || record.value() == null) return;
        Long before = counts.get(record.key());
        long count = before == null ? 1 : before + 1;
        counts.put(record.key(), count);
        context.forward(record.withValue(record.value() + "#" + count));
    }
}
