import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Whole topics by Kafka's own consumer, without a group: each partition in the order of its offsets. */
final class TopicReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long PATIENCE_NANOSECONDS = 60_000_000_000L;
    private final String brokers;
    /** One for each isolation, made when it is first needed: making one costs more than reading a small topic. */
    private final Map<Boolean, KafkaConsumer<byte[], byte[]>> consumers = new HashMap<>();

    TopicReader(String brokers) {
        this.brokers = brokers;
    }

    KafkaConsumer<byte[], byte[]> consumer(boolean isCommittedOnly) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", brokers);
        properties.put("isolation.level", isCommittedOnly ? "read_committed" : "read_uncommitted");
        properties.put("enable.auto.commit", "false");
        properties.put("auto.offset.reset", "none");
        properties.put("max.poll.records", "5000");
        // A part of a transaction is not handed on unchecked.
        properties.put("check.crcs", "true");
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        List<TopicPartition> found = new ArrayList<>();
        consumer.partitionsFor(topic).forEach(info -> found.add(new TopicPartition(topic, info.partition())));
        return found;
    }

    /** From the first offset of each partition to its end as it is now. */
    void read(String topic, boolean isCommittedOnly, Consumer<ConsumerRecord<byte[], byte[]>> take) {
        KafkaConsumer<byte[], byte[]> consumer = consumers.computeIfAbsent(isCommittedOnly, this::consumer);
        readTo(isCommittedOnly, consumer.endOffsets(partitions(consumer, topic)), take);
    }

    /** From the first offset of each partition to a given end. */
    void readTo(
        boolean isCommittedOnly, Map<TopicPartition, Long> ends, Consumer<ConsumerRecord<byte[], byte[]>> take
    ) {
        KafkaConsumer<byte[], byte[]> consumer = consumers.computeIfAbsent(isCommittedOnly, this::consumer);
        consumer.assign(ends.keySet());
        consumer.resume(ends.keySet());
        consumer.seekToBeginning(ends.keySet());
        readOn(consumer, ends, take);
    }

    /** From where the consumer stands. */
    void readOn(
        KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends, Consumer<ConsumerRecord<byte[], byte[]>> take
    ) {
        Map<TopicPartition, Long> reached = new HashMap<>();
        Set<TopicPartition> unread = new HashSet<>(ends.keySet());
        long until = System.nanoTime() + PATIENCE_NANOSECONDS;
        while (true) {
            for (TopicPartition partition : List.copyOf(unread)) {
                long position = consumer.position(partition);
                if (!Long.valueOf(position).equals(reached.put(partition, position))) {
                    until = System.nanoTime() + PATIENCE_NANOSECONDS;
                }
                if (position < ends.get(partition)) continue;
                unread.remove(partition);
                consumer.pause(Set.of(partition));
            }
            if (unread.isEmpty()) return;
            if (System.nanoTime() > until) throw new IllegalStateException("nothing more comes from " + unread);
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                if (record.offset() < ends.get(partition)) take.accept(record);
            }
        }
    }

    @Override
    public void close() {
        consumers.values().forEach(KafkaConsumer::close);
    }
}
