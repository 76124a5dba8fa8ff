import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.kstream.GlobalKTable;
import org.apache.kafka.streams.kstream.JoinWindows;
import org.apache.kafka.streams.kstream.Joined;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.KeyValueMapper;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.StreamJoined;
import org.apache.kafka.streams.kstream.TableJoined;

/** Joins. Kafka Streams has no right join: it is the left join with the sides swapped. */
final class Joins {
    private Joins() {}

    static KStream<String, String> streams(
            KStream<String, String> left, KStream<String, String> right, JsonNode operator) {
        Duration before = length(operator, "before");
        Duration after = length(operator, "after");
        Duration grace = length(operator, "grace");
        StreamJoined<String, String, String> kept =
            StreamJoined.with(Serdes.String(), Serdes.String(), Serdes.String())
                .withName(operator.get("id").asText())
                .withStoreName(operator.get("id").asText());
        JoinWindows bounds = JoinWindows.ofTimeDifferenceAndGrace(before, grace).before(before).after(after);
        JoinWindows swapped = JoinWindows.ofTimeDifferenceAndGrace(after, grace).before(after).after(before);
        return switch (operator.get("join").asText()) {
            case "inner" -> left.join(right, Values::pair, bounds, kept);
            case "left" -> left.leftJoin(right, Values::pair, bounds, kept);
            case "right" -> right.leftJoin(left, (one, other) -> Values.pair(other, one), swapped, kept);
            default -> left.outerJoin(right, Values::pair, bounds, kept);
        };
    }

    static KStream<String, String> lookup(
            KStream<String, String> stream, KTable<String, String> table, JsonNode operator) {
        Joined<String, String, String> how =
            Joined.with(Serdes.String(), Serdes.String(), Serdes.String(), operator.get("id").asText());
        if (!operator.get("grace").isNull()) how = how.withGracePeriod(length(operator, "grace"));
        return operator.get("join").asText().equals("inner")
            ? stream.join(table, Values::pair, how)
            : stream.leftJoin(table, Values::pair, how);
    }

    static KStream<String, String> global(
            KStream<String, String> stream, GlobalKTable<String, String> table, JsonNode operator) {
        int modulus = operator.get("modulus").asInt();
        KeyValueMapper<String, String, String> key =
            (own, value) -> value == null ? null : Values.group(value, modulus);
        return operator.get("join").asText().equals("inner")
            ? stream.join(table, key, Values::pair)
            : stream.leftJoin(table, key, Values::pair);
    }

    static KTable<String, String> tables(KTable<String, String> left, KTable<String, String> right, JsonNode operator) {
        return switch (operator.get("join").asText()) {
            case "inner" -> left.join(right, Values::pair);
            case "left" -> left.leftJoin(right, Values::pair);
            case "right" -> right.leftJoin(left, (one, other) -> Values.pair(other, one));
            default -> left.outerJoin(right, Values::pair);
        };
    }

    static KTable<String, String> foreignKey(
            KTable<String, String> left, KTable<String, String> right, JsonNode operator) {
        Function<String, String> key = Values::foreignKey;
        TableJoined<String, String> how = TableJoined.as(operator.get("id").asText());
        return operator.get("join").asText().equals("inner")
            ? left.join(right, key, Values::pair, how, Materialized.with(Serdes.String(), Serdes.String()))
            : left.leftJoin(right, key, Values::pair, how, Materialized.with(Serdes.String(), Serdes.String()));
    }

    private static Duration length(JsonNode operator, String name) {
        return Duration.ofMillis(operator.get(name).asLong());
    }
}
