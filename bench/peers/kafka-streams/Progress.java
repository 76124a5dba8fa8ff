import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** How far a group's commits are, beside the ends that its input topics had at the start. */
final class Progress implements AutoCloseable {
    private final Admin admin;
    private final String app;
    private final Map<TopicPartition, Long> ends;
    private final KafkaConsumer<byte[], byte[]> reader;

    Progress(String brokers, String app, Collection<String> topics) throws Exception {
        this.app = app;
        admin = Admin.create(Map.of("bootstrap.servers", brokers));
        ends = endsOf(partitionsOf(topics));
        Properties properties = new Properties();
        properties.put("bootstrap.servers", brokers);
        properties.put("isolation.level", "read_committed");
        reader = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Everything that was there at the start is committed, and what it led to in topics between sub-topologies. */
    boolean isComplete() throws Exception {
        return ends.equals(reached()) && isQuiet() && isQuiet();
    }

    private Map<TopicPartition, Long> reached() throws Exception {
        Map<TopicPartition, OffsetAndMetadata> committed = committed();
        Map<TopicPartition, Long> reached = new HashMap<>();
        ends.forEach((partition, end) -> {
            OffsetAndMetadata position = committed.get(partition);
            reached.put(partition, Math.min(end, position == null ? 0 : position.offset()));
        });
        return reached;
    }

    /** No topic of the application's own has a record that isn't committed; the markers of transactions are none. */
    private boolean isQuiet() throws Exception {
        Set<TopicPartition> between = between();
        if (between.isEmpty()) return true;
        Map<TopicPartition, OffsetAndMetadata> committed = committed();
        Map<TopicPartition, Long> last = endsOf(between);
        for (TopicPartition partition : between) {
            OffsetAndMetadata position = committed.get(partition);
            long from = position == null ? 0 : position.offset();
            if (from < last.get(partition) && holdsRecords(partition, from, last.get(partition))) return false;
        }
        return true;
    }

    private boolean holdsRecords(TopicPartition partition, long from, long end) {
        reader.assign(Set.of(partition));
        reader.seek(partition, from);
        while (reader.position(partition) < end) {
            if (!reader.poll(Duration.ofMillis(50)).isEmpty()) return true;
        }
        return false;
    }

    private Set<TopicPartition> between() throws Exception {
        Set<String> names = new HashSet<>(admin.listTopics().names().get());
        names.removeIf(name -> !name.startsWith(app + "-") || name.endsWith("-changelog"));
        return partitionsOf(names);
    }

    private Map<TopicPartition, OffsetAndMetadata> committed() throws Exception {
        try {
            return admin.listConsumerGroupOffsets(app).partitionsToOffsetAndMetadata().get();
        } catch (ExecutionException error) {
            // Before its first commit there is no such group.
            return Map.of();
        }
    }

    private Set<TopicPartition> partitionsOf(Collection<String> topics) throws Exception {
        return admin.describeTopics(topics).allTopicNames().get().values().stream()
            .flatMap(topic -> topic.partitions().stream().map(one -> new TopicPartition(topic.name(), one.partition())))
            .collect(Collectors.toSet());
    }

    private Map<TopicPartition, Long> endsOf(Set<TopicPartition> partitions) throws Exception {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (TopicPartition partition : partitions) asked.put(partition, OffsetSpec.latest());
        Map<TopicPartition, ListOffsetsResultInfo> answers = admin.listOffsets(asked).all().get();
        return answers.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, answer -> answer.getValue().offset()));
    }

    @Override
    public void close() {
        reader.close();
        admin.close();
    }
}
