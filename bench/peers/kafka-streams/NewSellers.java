import java.time.Duration;
import java.util.Set;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowBytesStoreSupplier;
import org.apache.kafka.streams.state.WindowStore;

/**
 * q8: persons who opened an auction in the same window, once each. Written by hand because a join of two windowed tables
 * writes its row again with every further auction. Takes persons by id (as `Rows.Named`) and sellers' auctions by seller.
 */
final class NewSellers implements ProcessorSupplier<String, Object, String, Object> {
    private static final Duration size = Duration.ofSeconds(10);
    /** Threads read the partitions at different speeds: what comes later than this is lost. */
    private static final Duration retention = Duration.ofMinutes(5);

    private final StoreBuilder<WindowStore<String, String>> persons;
    private final StoreBuilder<WindowStore<String, Long>> sellers;

    NewSellers(boolean inMemory) {
        persons = store("persons", inMemory, Serdes.String());
        sellers = store("sellers", inMemory, Serdes.Long());
    }

    private static <V> StoreBuilder<WindowStore<String, V>> store(String name, boolean inMemory, Serde<V> values) {
        WindowBytesStoreSupplier place = inMemory
            ? Stores.inMemoryWindowStore(name, retention, size, false)
            : Stores.persistentWindowStore(name, retention, size, false);
        return Stores.windowStoreBuilder(place, Serdes.String(), values).withCachingEnabled();
    }

    @Override
    public Set<StoreBuilder<?>> stores() {
        return Set.of(persons, sellers);
    }

    @Override
    public Processor<String, Object, String, Object> get() {
        return new Matching();
    }

    private static final class Matching implements Processor<String, Object, String, Object> {
        private ProcessorContext<String, Object> context;
        private WindowStore<String, String> names;
        private WindowStore<String, Long> seen;

        @Override
        public void init(ProcessorContext<String, Object> context) {
            this.context = context;
            names = context.getStateStore("persons");
            seen = context.getStateStore("sellers");
        }

        @Override
        public void process(Record<String, Object> record) {
            long window = record.timestamp() - record.timestamp() % size.toMillis();
            String id = record.key();
            if (record.value() instanceof Rows.Named person) {
                names.put(id, person.name, window);
                if (seen.fetch(id, window) != null) forward(record, person.name, window);
            } else if (seen.fetch(id, window) == null) {
                seen.put(id, 1L, window);
                String name = names.fetch(id, window);
                if (name != null) forward(record, name, window);
            }
        }

        private void forward(Record<String, Object> record, String name, long window) {
            context.forward(record.withValue(new Rows.NewSeller(Long.parseLong(record.key()), name, window)));
        }
    }
}
