import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Notes when a source took its first records. Kafka's consumer calls it once for each poll, so it costs nothing. */
public final class FirstRecord implements ConsumerInterceptor<Object, Object> {
    private static volatile long at = 0;

    static long at() {
        if (at == 0) {
            throw new IllegalStateException("no record was read");
        }
        return at;
    }

    @Override
    public ConsumerRecords<Object, Object> onConsume(ConsumerRecords<Object, Object> records) {
        if (at == 0 && !records.isEmpty()) {
            at = System.currentTimeMillis();
        }
        return records;
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void close() {}

    @Override
    public void configure(Map<String, ?> settings) {}
}
