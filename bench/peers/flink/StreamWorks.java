import java.time.Duration;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.windowing.WindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/** The two works that are also written with the DataStream API, so that SQL is not taken where it is the slower one. */
final class StreamWorks {
    private static final double EUROS_PER_DOLLAR = 0.908;

    private StreamWorks() {}

    static JobClient start(Arguments arguments) throws Exception {
        StreamExecutionEnvironment environment = Settings.environment(arguments);
        if (arguments.work().equals("map")) {
            map(environment, arguments);
        } else if (arguments.work().equals("windowed-count-final")) {
            count(environment, arguments);
        } else {
            throw new IllegalArgumentException(arguments.work() + " is not written with the DataStream API");
        }
        return environment.executeAsync(arguments.work());
    }

    private static void map(StreamExecutionEnvironment environment, Arguments arguments) {
        DataStream<Bids.Bid> euros = environment
                .fromSource(source(Bids.Bid.class, arguments), WatermarkStrategy.noWatermarks(), "bids")
                .map(bid -> {
                    bid.price *= EUROS_PER_DOLLAR;
                    return bid;
                })
                .returns(Bids.Bid.class);
        euros.sinkTo(sink(Bids.Bid.class, arguments));
    }

    private static void count(StreamExecutionEnvironment environment, Arguments arguments) {
        WatermarkStrategy<Bids.Arrival> time = WatermarkStrategy
                .<Bids.Arrival>forBoundedOutOfOrderness(Duration.ofSeconds(4))
                .withTimestampAssigner((bid, written) -> bid.dateTime);
        environment
                .fromSource(source(Bids.Arrival.class, arguments), time, "bids")
                .keyBy(bid -> bid.auction)
                .window(TumblingEventTimeWindows.of(Duration.ofSeconds(10)))
                .aggregate(new Counter(), new WithWindow())
                .sinkTo(sink(Bids.Count.class, arguments));
    }

    private static <T> KafkaSource<T> source(Class<T> type, Arguments arguments) {
        Properties properties = new Properties();
        properties.putAll(Settings.consumer(arguments));
        return KafkaSource.<T>builder()
                .setProperties(properties)
                .setTopics(Arguments.TOPIC_PREFIX + "bids")
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setBounded(OffsetsInitializer.latest())
                .setValueOnlyDeserializer(new Bids.Reader<>(type))
                .build();
    }

    private static <T> KafkaSink<T> sink(Class<T> type, Arguments arguments) {
        Properties properties = new Properties();
        properties.putAll(Settings.producer(arguments));
        return KafkaSink.<T>builder()
                .setBootstrapServers(arguments.brokers())
                .setKafkaProducerConfig(properties)
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionalIdPrefix(arguments.application())
                .setRecordSerializer(KafkaRecordSerializationSchema.<T>builder()
                        .setTopic(arguments.output())
                        .setValueSerializationSchema(new Bids.Writer<>(type))
                        .build())
                .build();
    }

    private static final class Counter implements AggregateFunction<Bids.Arrival, Long, Long> {
        @Override
        public Long createAccumulator() {
            return 0L;
        }

        @Override
        public Long add(Bids.Arrival bid, Long count) {
            return count + 1;
        }

        @Override
        public Long getResult(Long count) {
            return count;
        }

        @Override
        public Long merge(Long one, Long other) {
            return one + other;
        }
    }

    private static final class WithWindow implements WindowFunction<Long, Bids.Count, Long, TimeWindow> {
        @Override
        public void apply(Long auction, TimeWindow window, Iterable<Long> counts, Collector<Bids.Count> out) {
            Bids.Count row = new Bids.Count();
            row.auction = auction;
            row.start = window.getStart();
            row.bids = counts.iterator().next();
            out.collect(row);
        }
    }
}
