import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Branched;
import org.apache.kafka.streams.kstream.CogroupedKStream;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.GlobalKTable;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.KGroupedTable;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.kstream.Suppressed;
import org.apache.kafka.streams.state.Stores;

/** A topology of Kafka Streams out of the operators of a case. */
final class Topologies {
    static final Serde<String> TEXT = Serdes.String();

    final StreamsBuilder builder = new StreamsBuilder();
    final List<String> outputs = new ArrayList<>();
    private final Map<String, Object> made = new HashMap<>();

    void build(JsonNode operators) {
        for (JsonNode operator : operators) made.put(operator.get("id").asText(), make(operator));
    }

    private Object make(JsonNode operator) {
        return switch (operator.get("op").asText()) {
            case "stream" -> builder.stream(topic(operator), Consumed.with(TEXT, TEXT));
            case "table" -> builder.table(topic(operator), Consumed.with(TEXT, TEXT), Materialized.as(topic(operator)));
            case "versioned-table" -> versionedTable(operator);
            case "global-table" -> builder.globalTable(topic(operator), Consumed.with(TEXT, TEXT));
            case "map" -> map(operator);
            case "filter" -> filter(operator);
            case "branch" -> branch(operator);
            case "merge" -> merge(operator);
            case "key-by" -> keyBy(operator);
            case "fold" -> fold(operator);
            case "window-fold" -> WindowFolds.make(stream(operator, "of"), operator);
            case "cogroup" -> cogroup(operator);
            case "group-fold" -> groupFold(operator);
            case "to-table" -> stream(operator, "of").toTable(Named.as(name(operator, "-to")), Materialized.as(id(operator)));
            case "stream-join" -> Joins.streams(stream(operator, "left"), stream(operator, "right"), operator);
            case "table-lookup" -> Joins.lookup(stream(operator, "left"), table(operator, "right"), operator);
            case "global-lookup" -> Joins.global(stream(operator, "left"), global(operator), operator);
            case "table-join" -> Joins.tables(table(operator, "left"), table(operator, "right"), operator);
            case "foreign-key-join" -> Joins.foreignKey(table(operator, "left"), table(operator, "right"), operator);
            case "suppress" -> suppress(operator);
            case "process" -> process(operator);
            case "to" -> to(operator);
            default -> throw new IllegalArgumentException("an operator " + operator.get("op"));
        };
    }

    private Object versionedTable(JsonNode operator) {
        Duration history = Duration.ofMillis(operator.get("history").asLong());
        return builder.table(
            topic(operator),
            Consumed.with(TEXT, TEXT),
            Materialized.<String, String>as(Stores.persistentVersionedKeyValueStore(topic(operator), history))
                .withKeySerde(TEXT)
                .withValueSerde(TEXT));
    }

    private Object map(JsonNode operator) {
        String suffix = operator.get("suffix").asText();
        if (isTable(operator)) return table(operator, "of").mapValues(value -> value + suffix);
        return stream(operator, "of").mapValues(value -> value == null ? null : value + suffix);
    }

    private Object filter(JsonNode operator) {
        int modulus = operator.get("modulus").asInt();
        int drops = operator.get("drops").asInt();
        if (isTable(operator)) return table(operator, "of").filter((key, value) -> !Values.falls(value, modulus, drops));
        return stream(operator, "of").filter((key, value) -> !Values.falls(value, modulus, drops));
    }

    private Object branch(JsonNode operator) {
        int modulus = operator.get("modulus").asInt();
        int takes = operator.get("takes").asInt();
        String prefix = id(operator);
        return stream(operator, "of")
            .split(Named.as(prefix))
            .branch((key, value) -> !Values.falls(value, modulus, takes), Branched.as("-others"))
            .defaultBranch(Branched.as("-taken"))
            .get(prefix + "-taken");
    }

    private Object merge(JsonNode operator) {
        List<KStream<String, String>> inputs = inputs(operator);
        KStream<String, String> merged = inputs.get(0);
        for (KStream<String, String> other : inputs.subList(1, inputs.size())) merged = merged.merge(other);
        return merged;
    }

    private Object keyBy(JsonNode operator) {
        int modulus = operator.get("modulus").asInt();
        return stream(operator, "of")
            .selectKey((key, value) -> Values.group(value, modulus))
            .repartition(Repartitioned.<String, String>as(id(operator)).withKeySerde(TEXT).withValueSerde(TEXT));
    }

    private Object fold(JsonNode operator) {
        KGroupedStream<String, String> grouped = stream(operator, "of").groupByKey(Grouped.with(TEXT, TEXT));
        String id = id(operator);
        return switch (operator.get("fold").asText()) {
            case "count" -> grouped.count(Materialized.as(id)).mapValues(String::valueOf);
            case "reduce" -> grouped.reduce(Values::append, Materialized.as(id));
            default -> grouped.aggregate(() -> "0", (key, value, sum) -> Values.append(sum, value), Materialized.as(id));
        };
    }

    /** Each stream leaves its own sign in the sum. */
    private Object cogroup(JsonNode operator) {
        CogroupedKStream<String, String> together = null;
        int place = 0;
        for (KStream<String, String> input : inputs(operator)) {
            String sign = "abc".substring(place, ++place);
            KGroupedStream<String, String> grouped = input.groupByKey(Grouped.with(TEXT, TEXT));
            together = together == null
                ? grouped.<String>cogroup((key, value, sum) -> Values.append(sum, sign + (value == null ? "~" : value)))
                : together.cogroup(grouped, (key, value, sum) -> Values.append(sum, sign + (value == null ? "~" : value)));
        }
        return operator.get("windows").isNull()
            ? together.aggregate(() -> "0", Materialized.as(id(operator)))
            : WindowFolds.cogrouped(together, operator);
    }

    private Object groupFold(JsonNode operator) {
        int modulus = operator.get("modulus").asInt();
        KGroupedTable<String, String> grouped = table(operator, "of").groupBy(
            (key, value) -> KeyValue.pair(Values.group(value, modulus), value),
            Grouped.with(name(operator, "-by"), TEXT, TEXT));
        String id = id(operator);
        return switch (operator.get("fold").asText()) {
            case "count" -> grouped.count(Materialized.as(id)).mapValues(String::valueOf);
            case "reduce" -> grouped.reduce(Values::append, Values::takeBack, Materialized.as(id));
            default -> grouped.aggregate(
                () -> "0",
                (key, value, sum) -> Values.append(sum, value),
                (key, value, sum) -> Values.takeBack(sum, value),
                Materialized.as(id));
        };
    }

    private Object suppress(JsonNode operator) {
        Duration wait = Duration.ofMillis(operator.get("wait").asLong());
        return table(operator, "of").suppress(
            Suppressed.<String>untilTimeLimit(wait, Suppressed.BufferConfig.unbounded()).withName(id(operator)));
    }

    private Object process(JsonNode operator) {
        builder.addStateStore(
            Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(id(operator)), TEXT, Serdes.Long()));
        return stream(operator, "of").process(() -> new Ticking(operator), Named.as(name(operator, "-by")), id(operator));
    }

    private Object to(JsonNode operator) {
        outputs.add(topic(operator));
        KStream<String, String> stream = isTable(operator) ? table(operator, "of").toStream() : stream(operator, "of");
        stream.to(topic(operator), Produced.with(TEXT, TEXT));
        return stream;
    }

    private boolean isTable(JsonNode operator) {
        return made.get(operator.get("of").asText()) instanceof KTable;
    }

    private List<KStream<String, String>> inputs(JsonNode operator) {
        List<KStream<String, String>> inputs = new ArrayList<>();
        for (JsonNode input : operator.get("inputs")) inputs.add(Topologies.<KStream<String, String>>as(made.get(input.asText())));
        return inputs;
    }

    private KStream<String, String> stream(JsonNode operator, String input) {
        return as(made.get(operator.get(input).asText()));
    }

    private KTable<String, String> table(JsonNode operator, String input) {
        return as(made.get(operator.get(input).asText()));
    }

    private GlobalKTable<String, String> global(JsonNode operator) {
        return as(made.get(operator.get("right").asText()));
    }

    @SuppressWarnings("unchecked")
    private static <T> T as(Object made) {
        return (T) made;
    }

    private static String id(JsonNode operator) {
        return operator.get("id").asText();
    }

    private static String name(JsonNode operator, String suffix) {
        return id(operator) + suffix;
    }

    private static String topic(JsonNode operator) {
        return operator.get("topic").asText();
    }
}
