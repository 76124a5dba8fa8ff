import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.kstream.CogroupedKStream;
import org.apache.kafka.streams.kstream.EmitStrategy;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.SessionWindowedKStream;
import org.apache.kafka.streams.kstream.SessionWindows;
import org.apache.kafka.streams.kstream.SlidingWindows;
import org.apache.kafka.streams.kstream.Suppressed;
import org.apache.kafka.streams.kstream.TimeWindowedKStream;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.processor.StateStore;

/** Folds in windows; what comes out has the window in its key. */
final class WindowFolds {
    /** Rows are kept far longer than they are open, so that only the rules of windows and grace decide. */
    static final Duration RETENTION = Duration.ofHours(1);

    private WindowFolds() {}

    static KStream<String, String> make(KStream<String, String> stream, JsonNode operator) {
        KTable<Windowed<String>, String> table = table(stream, operator);
        if (emit(operator).equals("suppress")) {
            table = table.suppress(
                Suppressed.untilWindowCloses(Suppressed.BufferConfig.unbounded())
                    .withName(operator.get("id").asText() + "-held"));
        }
        return table.toStream((windowed, value) -> Contents.written(windowed.key(), windowed.window()));
    }

    static KStream<String, String> cogrouped(CogroupedKStream<String, String> together, JsonNode operator) {
        JsonNode shape = operator.get("windows");
        Duration grace = length(shape, "grace");
        KTable<Windowed<String>, String> table = switch (shape.get("kind").asText()) {
            case "tumbling" -> together
                .windowedBy(TimeWindows.ofSizeAndGrace(length(shape, "size"), grace))
                .aggregate(() -> "0", kept(operator));
            case "hopping" -> together
                .windowedBy(TimeWindows.ofSizeAndGrace(length(shape, "size"), grace).advanceBy(length(shape, "hop")))
                .aggregate(() -> "0", kept(operator));
            case "sliding" -> together
                .windowedBy(SlidingWindows.ofTimeDifferenceAndGrace(length(shape, "length"), grace))
                .aggregate(() -> "0", kept(operator));
            default -> together
                .windowedBy(SessionWindows.ofInactivityGapAndGrace(length(shape, "gap"), grace))
                .aggregate(() -> "0", (key, one, other) -> Values.unite(one, other), kept(operator));
        };
        return table.toStream((windowed, value) -> Contents.written(windowed.key(), windowed.window()));
    }

    private static KTable<Windowed<String>, String> table(KStream<String, String> stream, JsonNode operator) {
        JsonNode shape = operator.get("windows");
        KGroupedStream<String, String> grouped = stream.groupByKey(Grouped.with(Serdes.String(), Serdes.String()));
        Duration grace = length(shape, "grace");
        return switch (shape.get("kind").asText()) {
            case "tumbling" -> timed(grouped.windowedBy(TimeWindows.ofSizeAndGrace(length(shape, "size"), grace)), operator);
            case "hopping" -> timed(
                grouped.windowedBy(
                    TimeWindows.ofSizeAndGrace(length(shape, "size"), grace).advanceBy(length(shape, "hop"))),
                operator);
            case "sliding" -> timed(
                grouped.windowedBy(SlidingWindows.ofTimeDifferenceAndGrace(length(shape, "length"), grace)), operator);
            default -> sessions(
                grouped.windowedBy(SessionWindows.ofInactivityGapAndGrace(length(shape, "gap"), grace)), operator);
        };
    }

    private static KTable<Windowed<String>, String> timed(TimeWindowedKStream<String, String> windows, JsonNode operator) {
        TimeWindowedKStream<String, String> each = windows.emitStrategy(strategy(operator));
        return switch (operator.get("fold").asText()) {
            case "count" -> each.count(kept(operator)).mapValues(count -> count == null ? null : String.valueOf(count));
            case "reduce" -> each.reduce(Values::append, kept(operator));
            default -> each.aggregate(() -> "0", (key, value, sum) -> Values.append(sum, value), kept(operator));
        };
    }

    private static KTable<Windowed<String>, String> sessions(
            SessionWindowedKStream<String, String> windows, JsonNode operator) {
        SessionWindowedKStream<String, String> each = windows.emitStrategy(strategy(operator));
        return switch (operator.get("fold").asText()) {
            case "count" -> each.count(kept(operator)).mapValues(count -> count == null ? null : String.valueOf(count));
            case "reduce" -> each.reduce(Values::append, kept(operator));
            default -> each.aggregate(
                () -> "0",
                (key, value, sum) -> Values.append(sum, value),
                (key, one, other) -> Values.unite(one, other),
                kept(operator));
        };
    }

    private static <V, S extends StateStore> Materialized<String, V, S> kept(JsonNode operator) {
        return Materialized.<String, V, S>as(operator.get("id").asText())
            .withKeySerde(Serdes.String())
            .withRetention(RETENTION);
    }

    private static EmitStrategy strategy(JsonNode operator) {
        return emit(operator).equals("final") ? EmitStrategy.onWindowClose() : EmitStrategy.onWindowUpdate();
    }

    private static String emit(JsonNode operator) {
        return operator.get("emit").asText();
    }

    private static Duration length(JsonNode shape, String name) {
        return Duration.ofMillis(shape.get(name).asLong());
    }
}
