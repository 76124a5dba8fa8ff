import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.processor.TimestampExtractor;

/** The input topics of a topology: which they are, and when the first record of them was taken. */
final class Inputs {
    private static volatile long firstTaken;

    private final StreamsBuilder builder;
    private final Set<String> topics = new LinkedHashSet<>();

    Inputs(StreamsBuilder builder) {
        this.builder = builder;
    }

    /** Milliseconds since 1970; 0 before. */
    static long firstTaken() {
        return firstTaken;
    }

    Set<String> topics() {
        return topics;
    }

    /** With the fields of a class. */
    <E extends Rows.Event> KStream<String, E> bids(Class<E> fields) {
        return events("nexmark.bids", fields);
    }

    <E extends Rows.Event> KStream<String, E> auctions(Class<E> fields) {
        return events("nexmark.auctions", fields);
    }

    <E extends Rows.Event> KStream<String, E> persons(Class<E> fields) {
        return events("nexmark.persons", fields);
    }

    <E extends Rows.Event> KStream<String, E> events(String topic, Class<E> fields) {
        return stream(topic, Json.of(fields), new EventTime());
    }

    KStream<String, String> visits() {
        return stream("bench.visits", Serdes.String(), (record, before) -> taken(record.timestamp()));
    }

    private <V> KStream<String, V> stream(String topic, Serde<V> values, TimestampExtractor time) {
        topics.add(topic);
        return builder.stream(topic, Consumed.with(Serdes.String(), values).withTimestampExtractor(time));
    }

    private static long taken(long time) {
        if (firstTaken == 0) firstTaken = System.currentTimeMillis();
        return time;
    }

    private static final class EventTime implements TimestampExtractor {
        @Override
        public long extract(ConsumerRecord<Object, Object> record, long before) {
            return taken(((Rows.Event) record.value()).dateTime);
        }
    }
}
