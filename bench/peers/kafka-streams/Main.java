import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;

/** A work on Kafka Streams, exactly once; ends when the input is done. The words are those of `Options`. */
public final class Main {
    private static final Duration closing = Duration.ofSeconds(20);
    private static final long lookEveryMilliseconds = 50;

    private final Options options;
    private final Path state;
    private final Topology topology;
    private final Set<String> topics;

    private Main(Options options, Path state) {
        this.options = options;
        this.state = state;
        StreamsBuilder builder = new StreamsBuilder();
        Inputs inputs = new Inputs(builder);
        Queries.Query query = Queries.all(builder).get(options.work());
        if (query == null) throw new IllegalArgumentException("There is no work " + options.work());
        // The class of what is written is known to Jackson when it sees it.
        query.apply(inputs, options).mapValues(row -> (Object) row)
            .to(options.output(), Produced.with(Serdes.String(), Json.rows()));
        topology = builder.build();
        topics = inputs.topics();
    }

    public static void main(String[] words) throws Exception {
        Options options = Options.parse(words);
        Path state = Files.createTempDirectory("millrace-kafka-streams-");
        Main main = new Main(options, state);
        String said = switch (options.work()) {
            case "latency" -> main.runUntilStopped();
            case "restore" -> main.restore();
            default -> main.runThroughInput();
        };
        System.out.println(said);
        // Kafka Streams may leave a thread behind that would keep the process.
        Runtime.getRuntime().exit(0);
    }

    private String runThroughInput() throws Exception {
        long ended;
        try (Progress progress = new Progress(options.brokers(), options.app(), topics)) {
            KafkaStreams streams = started(null);
            ended = completed(progress);
            stop(streams);
        }
        return String.format("{\"startedAt\":%d,\"endedAt\":%d}", Inputs.firstTaken(), ended);
    }

    private String restore() throws Exception {
        try (Progress progress = new Progress(options.brokers(), options.app(), topics)) {
            KafkaStreams streams = started(null);
            completed(progress);
            streams.close(closing);
            streams.cleanUp();
        }
        Restoring restoring = new Restoring();
        KafkaStreams streams = started(restoring);
        String said = restoring.await();
        stop(streams);
        return said;
    }

    /** When the look began that found all committed: looking closely takes a while. */
    private static long completed(Progress progress) throws Exception {
        while (true) {
            long looked = System.currentTimeMillis();
            if (progress.isComplete()) return looked;
            Thread.sleep(lookEveryMilliseconds);
        }
    }

    private String runUntilStopped() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        KafkaStreams streams = started(null);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(streams)));
        never.await();
        return "";
    }

    private KafkaStreams started(Restoring restoring) {
        KafkaStreams streams = new KafkaStreams(topology, properties());
        if (restoring != null) streams.setGlobalStateRestoreListener(restoring);
        streams.setUncaughtExceptionHandler(error -> {
            error.printStackTrace();
            Runtime.getRuntime().halt(1);
            return null;
        });
        streams.start();
        return streams;
    }

    private void stop(KafkaStreams streams) {
        streams.close(closing);
        try (Stream<Path> left = Files.walk(state)) {
            // What is in a folder comes before it when the order is reversed.
            left.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, options.app());
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, options.brokers());
        properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, options.threads());
        if (options.inMemory())
            properties.put(StreamsConfig.DSL_STORE_SUPPLIERS_CLASS_CONFIG,
                BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers.class);
        properties.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
        properties.put(StreamsConfig.producerPrefix("linger.ms"), 100);
        properties.put(StreamsConfig.producerPrefix("batch.size"), 262_144);
        properties.put(StreamsConfig.producerPrefix("buffer.memory"), 67_108_864L);
        // The events are not of today: without this Kafka might delete windows while they are counted.
        properties.put(StreamsConfig.topicPrefix("retention.ms"), "-1");
        return properties;
    }
}
