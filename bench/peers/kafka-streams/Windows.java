import static org.apache.kafka.streams.kstream.Suppressed.BufferConfig.unbounded;
import static org.apache.kafka.streams.kstream.Suppressed.untilWindowCloses;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.kstream.SessionWindows;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.WindowStore;

/** Works with windows, as topologies. */
final class Windows {
    private static final Duration tenSeconds = Duration.ofSeconds(10);
    private static final Duration grace = Duration.ofSeconds(4);
    /**
     * Behind a repartition topic records are as late as one task was behind another: as much as can be waited for, since
     * windows that end ten seconds before the last event must be closed by it.
     */
    private static final Duration graceBehindTopic = Duration.ofSeconds(9);

    private Windows() {}

    static KStream<String, ?> finalCounts(Inputs inputs, Options options) {
        return rowsOf(grouped(inputs, Rows.Event.class)
            .windowedBy(TimeWindows.ofSizeAndGrace(tenSeconds, grace))
            .count(counts())
            .suppress(untilWindowCloses(unbounded())));
    }

    static KStream<String, ?> updatedCounts(Inputs inputs, Options options) {
        return rowsOf(grouped(inputs, Rows.Event.class)
            .windowedBy(TimeWindows.ofSizeAndGrace(tenSeconds, grace))
            .count(counts()));
    }

    /** Counts per auction are final before they are compared: few of them are sent to the one partition that compares. */
    static KStream<String, ?> hotAuctions(Inputs inputs, Options options) {
        Duration hop = Duration.ofSeconds(2);
        return grouped(inputs, Rows.Event.class)
            .windowedBy(TimeWindows.ofSizeAndGrace(tenSeconds, Duration.ZERO).advanceBy(hop))
            .count(counts())
            .suppress(untilWindowCloses(unbounded()))
            .toStream()
            .process(ByWindow::new)
            .repartition(Repartitioned.with(Serdes.String(), Json.of(Rows.WindowCount.class)).withNumberOfPartitions(1))
            .groupByKey(Grouped.with(Serdes.String(), Json.of(Rows.WindowCount.class)))
            .windowedBy(TimeWindows.ofSizeAndGrace(hop, graceBehindTopic.minus(hop)))
            .aggregate(Rows.Hottest::new, (start, count, hottest) -> hottest.with(count.auction(), count.bids()),
                Materialized.with(Serdes.String(), Json.of(Rows.Hottest.class)))
            .suppress(untilWindowCloses(unbounded()))
            .toStream()
            .flatMap((window, hottest) -> hottest.auctions.stream()
                .map(auction -> KeyValue.pair(window.key(),
                    new Rows.HotAuction(auction, hottest.num, Long.parseLong(window.key()))))
                .toList());
    }

    /** Keyed by the window's start, at the time of its end, so that each window of the next step holds one of this one. */
    private static final class ByWindow extends ContextualProcessor<Windowed<String>, Long, String, Rows.WindowCount> {
        @Override
        public void process(Record<Windowed<String>, Long> record) {
            long start = record.key().window().start();
            Rows.WindowCount count = new Rows.WindowCount(Long.parseLong(record.key().key()), start, record.value());
            context().forward(new Record<>(String.valueOf(start), count, record.key().window().end()));
        }
    }

    static KStream<String, ?> newSellers(Inputs inputs, Options options) {
        KStream<String, Object> persons = inputs.persons(Rows.Named.class).mapValues(person -> (Object) person);
        KStream<String, Object> sellers = inputs.auctions(Rows.Selling.class)
            .map((key, auction) -> KeyValue.pair(String.valueOf(auction.seller), auction.dateTime))
            .repartition(Repartitioned.with(Serdes.String(), Serdes.Long()))
            .mapValues(auction -> (Object) auction);
        return persons.merge(sellers).process(new NewSellers(options.inMemory()));
    }

    static KStream<String, ?> sessions(Inputs inputs, Options options) {
        return inputs.bids(Rows.Bidder.class)
            .map((key, bid) -> KeyValue.pair(String.valueOf(bid.bidder), bid.dateTime))
            .groupByKey(Grouped.with(Serdes.String(), Serdes.Long()))
            .windowedBy(SessionWindows.ofInactivityGapAndGrace(tenSeconds, graceBehindTopic))
            .count(Materialized.with(Serdes.String(), Serdes.Long()))
            .suppress(untilWindowCloses(unbounded()))
            .toStream()
            .map((session, bids) -> KeyValue.pair(session.key(), new Rows.Session(Long.parseLong(session.key()), bids,
                session.window().start(), session.window().end() + tenSeconds.toMillis())));
    }

    static KStream<String, ?> statisticsOfDays(Inputs inputs, Options options) {
        return grouped(inputs, Rows.Price.class)
            .windowedBy(TimeWindows.ofSizeWithNoGrace(Duration.ofDays(1)))
            .aggregate(Rows.BidStatistics::new, (key, bid, statistics) -> statistics.with(bid),
                Materialized.with(Serdes.String(), Json.of(Rows.BidStatistics.class)))
            .toStream()
            .map((window, statistics) -> KeyValue.pair(window.key(),
                statistics.of(Long.parseLong(window.key()), dayOf(window.window().startTime()))));
    }

    static KStream<String, ?> visitsOfDays(Inputs inputs, Options options) {
        return inputs.visits()
            .groupByKey(Grouped.with(Serdes.String(), Serdes.String()))
            .windowedBy(TimeWindows.ofSizeWithNoGrace(Duration.ofDays(1)))
            .count(counts())
            .toStream()
            .filter((window, visits) -> false)
            .map((window, visits) -> KeyValue.pair(window.key(), visits));
    }

    private static <E extends Rows.Event> KGroupedStream<String, E> grouped(Inputs inputs, Class<E> fields) {
        return inputs.bids(fields).groupByKey(Grouped.with(Serdes.String(), Json.of(fields)));
    }

    private static Materialized<String, Long, WindowStore<Bytes, byte[]>> counts() {
        return Materialized.<String, Long, WindowStore<Bytes, byte[]>>as("counts")
            .withKeySerde(Serdes.String()).withValueSerde(Serdes.Long());
    }

    private static KStream<String, Rows.WindowCount> rowsOf(KTable<Windowed<String>, Long> counts) {
        return counts.toStream().map((window, bids) -> KeyValue.pair(window.key(),
            new Rows.WindowCount(Long.parseLong(window.key()), window.window().start(), bids)));
    }

    private static String dayOf(Instant time) {
        return time.atOffset(ZoneOffset.UTC).toLocalDate().toString();
    }
}
