import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** How Flink is set up: exactly once, a checkpoint each second, objects reused, state on the heap or in RocksDB. */
final class Settings {
    private Settings() {}

    static StreamExecutionEnvironment environment(Arguments arguments) {
        String scratch = arguments.scratch().toUri().toString();
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("parallelism.default", String.valueOf(arguments.threads()));
        settings.put("pipeline.object-reuse", "true");
        settings.put("execution.checkpointing.interval", "1 s");
        settings.put("execution.checkpointing.mode", "EXACTLY_ONCE");
        settings.put("execution.checkpointing.storage", "filesystem");
        settings.put("execution.checkpointing.dir", scratch + "checkpoints");
        settings.put("io.tmp.dirs", arguments.scratch().toString());
        // A failure is to be seen, not worked again.
        settings.put("restart-strategy.type", "none");
        if (arguments.state().equals("rocksdb")) {
            settings.put("state.backend.type", "rocksdb");
            settings.put("execution.checkpointing.incremental", "true");
            // Native memory, beside the heap. The 128 MB that a local cluster has by default make tiny caches.
            settings.put("taskmanager.memory.managed.size", "512m");
        } else {
            settings.put("state.backend.type", "hashmap");
        }
        Configuration configuration = Configuration.fromMap(settings);
        return StreamExecutionEnvironment.createLocalEnvironment(arguments.threads(), configuration);
    }

    /**
     * Mini-batches as in the reference's own configuration: they hold rows back, here no longer than a checkpoint. Its
     * split of distinct counts is left out: it serves skew across many cores, and writes rows that are half counted.
     */
    static Map<String, String> table() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("table.local-time-zone", "UTC");
        settings.put("table.exec.mini-batch.enabled", "true");
        settings.put("table.exec.mini-batch.allow-latency", "1 s");
        settings.put("table.exec.mini-batch.size", "50000");
        return settings;
    }

    /** Of the Kafka consumer. */
    static Map<String, String> consumer(Arguments arguments) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("bootstrap.servers", arguments.brokers());
        properties.put("group.id", arguments.application());
        properties.put("interceptor.classes", FirstRecord.class.getName());
        return properties;
    }

    /** Of the Kafka producer: without the linger and the large batches Flink writes far slower. */
    static Map<String, String> producer(Arguments arguments) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("bootstrap.servers", arguments.brokers());
        properties.put("linger.ms", "100");
        properties.put("batch.size", "262144");
        properties.put("transaction.timeout.ms", "600000");
        return properties;
    }
}
