import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.ScalarFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What the queries need beyond Flink's own functions. */
public final class Functions {
    private Functions() {}

    static void declare(StreamTableEnvironment tables, Arguments arguments) {
        tables.createTemporarySystemFunction("millis", Millis.class);
        tables.createTemporarySystemFunction("count_char", CountChar.class);
        tables.createTemporarySystemFunction("side_value", new SideValue(arguments.brokers()));
    }

    /** A window's time as milliseconds since 1970. */
    public static final class Millis extends ScalarFunction {
        public Long eval(@DataTypeHint(value = "TIMESTAMP(3)", bridgedTo = TimestampData.class) TimestampData time) {
            return time == null ? null : time.getMillisecond();
        }
    }

    /** How often an ASCII character is in a text. */
    public static final class CountChar extends ScalarFunction {
        public long eval(
                @DataTypeHint(value = "STRING", bridgedTo = StringData.class) StringData text,
                @DataTypeHint(value = "STRING", bridgedTo = StringData.class) StringData character) {
            if (text == null) {
                return 0;
            }
            byte wanted = character.toBytes()[0];
            long found = 0;
            for (byte one : text.toBytes()) {
                found += one == wanted ? 1 : 0;
            }
            return found;
        }
    }

    /**
     * The side input's value of a key, from a whole copy of the topic in memory: what the reference's lookup join of a
     * file does, which Flink offers for no topic. A regular join would keep every bid, a temporal one would wait.
     */
    public static final class SideValue extends ScalarFunction {
        private final String brokers;
        private transient Map<Long, StringData> values;

        public SideValue(String brokers) {
            this.brokers = brokers;
        }

        @Override
        public void open(FunctionContext context) throws Exception {
            values = read();
        }

        @DataTypeHint(value = "STRING", bridgedTo = StringData.class)
        public StringData eval(Long key) {
            return key == null ? null : values.get(key);
        }

        private Map<Long, StringData> read() throws Exception {
            Properties properties = new Properties();
            properties.put("bootstrap.servers", brokers);
            properties.put("isolation.level", "read_committed");
            TopicPartition partition = new TopicPartition(Arguments.TOPIC_PREFIX + "side", 0);
            ByteArrayDeserializer bytes = new ByteArrayDeserializer();
            Map<Long, StringData> found = new HashMap<>();
            try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties, bytes, bytes)) {
                consumer.assign(List.of(partition));
                consumer.seekToBeginning(List.of(partition));
                long end = consumer.endOffsets(List.of(partition)).get(partition);
                while (consumer.position(partition) < end) {
                    for (ConsumerRecord<byte[], byte[]> row : consumer.poll(Duration.ofSeconds(1))) {
                        put(found, row);
                    }
                }
            }
            return found;
        }

        private static final ObjectMapper JSON = new ObjectMapper();

        private static void put(Map<Long, StringData> values, ConsumerRecord<byte[], byte[]> row) throws Exception {
            long key = Long.parseLong(new String(row.key(), StandardCharsets.UTF_8));
            if (row.value() == null) {
                values.remove(key);
                return;
            }
            JsonNode value = JSON.readTree(row.value());
            values.put(key, StringData.fromString(value.get("value").asText()));
        }
    }
}
