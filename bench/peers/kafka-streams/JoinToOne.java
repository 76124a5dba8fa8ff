import java.util.Arrays;
import java.util.Set;
import java.util.function.BiFunction;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * An unbounded inner join of rows that come once a key (persons, auctions) with any number of others that may come
 * before theirs. The others wait in a store only until then: a foreign-key join of two tables would keep them all, send
 * each through two more topics, and be slower; a join of stream and table would lose those that come first.
 */
final class JoinToOne<One, Many> implements ProcessorSupplier<String, Object, String, Object> {
    private static final String onesName = "ones";
    private static final String waitingName = "waiting";

    private final Class<One> one;
    private final Class<Many> many;
    private final StoreBuilder<KeyValueStore<String, One>> ones;
    private final StoreBuilder<KeyValueStore<String, Many[]>> waiting;
    /** Null when the pair is not asked for. */
    private final BiFunction<One, Many, Object> join;

    JoinToOne(Class<One> one, Class<Many> many, boolean inMemory, BiFunction<One, Many, Object> join) {
        this.one = one;
        this.many = many;
        this.join = join;
        ones = store(onesName, inMemory, Json.of(one));
        @SuppressWarnings("unchecked")
        Class<Many[]> arrays = (Class<Many[]>) many.arrayType();
        waiting = store(waitingName, inMemory, Json.of(arrays));
    }

    private static <V> StoreBuilder<KeyValueStore<String, V>> store(String name, boolean inMemory, Serde<V> values) {
        KeyValueBytesStoreSupplier place =
            inMemory ? Stores.inMemoryKeyValueStore(name) : Stores.persistentKeyValueStore(name);
        return Stores.keyValueStoreBuilder(place, Serdes.String(), values).withCachingEnabled();
    }

    @Override
    public Set<StoreBuilder<?>> stores() {
        return Set.of(ones, waiting);
    }

    @Override
    public Processor<String, Object, String, Object> get() {
        return new Joining();
    }

    private final class Joining implements Processor<String, Object, String, Object> {
        private ProcessorContext<String, Object> context;
        private KeyValueStore<String, One> known;
        private KeyValueStore<String, Many[]> early;

        @Override
        public void init(ProcessorContext<String, Object> context) {
            this.context = context;
            known = context.getStateStore(onesName);
            early = context.getStateStore(waitingName);
        }

        @Override
        public void process(Record<String, Object> record) {
            if (one.isInstance(record.value())) take(record, one.cast(record.value()));
            else match(record, many.cast(record.value()));
        }

        private void take(Record<String, Object> record, One value) {
            known.put(record.key(), value);
            Many[] waited = early.get(record.key());
            if (waited == null) return;
            for (Many other : waited) forward(record, value, other);
            early.delete(record.key());
        }

        private void match(Record<String, Object> record, Many value) {
            One found = known.get(record.key());
            if (found != null) forward(record, found, value);
            else early.put(record.key(), appended(early.get(record.key()), value));
        }

        private Many[] appended(Many[] values, Many value) {
            @SuppressWarnings("unchecked")
            Many[] all = values == null
                ? (Many[]) java.lang.reflect.Array.newInstance(many, 1)
                : Arrays.copyOf(values, values.length + 1);
            all[all.length - 1] = value;
            return all;
        }

        private void forward(Record<String, Object> record, One found, Many value) {
            Object row = join.apply(found, value);
            if (row != null) context.forward(record.withValue(row));
        }
    }
}
