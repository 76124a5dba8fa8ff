import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** What the coordinators say: that nothing is open any more, and how far the group has committed. */
final class Commits implements AutoCloseable {
    private static final Set<TransactionState> ENDED = Set.of(
        TransactionState.EMPTY, TransactionState.COMPLETE_COMMIT, TransactionState.COMPLETE_ABORT);
    private final Admin admin;
    private final String group;

    Commits(String brokers, String group) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", brokers);
        admin = Admin.create(properties);
        this.group = group;
    }

    /** Step 1: the group is empty, no transaction is open, and nothing lies behind a last stable offset. */
    void checkQuiet(Collection<String> topics, Step step) throws Exception {
        ConsumerGroupDescription described =
            admin.describeConsumerGroups(List.of(group)).describedGroups().get(group).get();
        step.expect(described.members().isEmpty(), "the group has " + described.members().size() + " members");
        for (TransactionListing transaction : admin.listTransactions().all().get()) {
            boolean isOurs = transaction.transactionalId().startsWith(group + "-");
            step.expect(!isOurs || ENDED.contains(transaction.state()),
                "the transaction of " + transaction.transactionalId() + " is " + transaction.state());
        }
        Map<TopicPartition, Long> stable = ends(partitions(topics), IsolationLevel.READ_COMMITTED);
        ends(partitions(topics), IsolationLevel.READ_UNCOMMITTED).forEach((partition, end) ->
            step.expect(end.equals(stable.get(partition)),
                partition + " ends at " + end + ", stable up to " + stable.get(partition)));
    }

    /** Step 2: where the group stands in its input; all of it must be covered. */
    Map<TopicPartition, Long> cut(Collection<String> inputs, Step step) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(
            Map.of(group, new ListConsumerGroupOffsetsSpec()), new ListConsumerGroupOffsetsOptions().requireStable(true)
        ).partitionsToOffsetAndMetadata(group).get();
        Map<TopicPartition, Long> cut = new HashMap<>();
        ends(partitions(inputs), IsolationLevel.READ_COMMITTED).forEach((partition, end) -> {
            OffsetAndMetadata position = committed.get(partition);
            long offset = position == null ? 0 : position.offset();
            step.expect(offset == end, partition + " was committed up to " + offset + " of " + end);
            cut.put(partition, offset);
        });
        return cut;
    }

    private List<TopicPartition> partitions(Collection<String> topics) throws Exception {
        List<TopicPartition> found = new ArrayList<>();
        for (TopicDescription topic : admin.describeTopics(topics).allTopicNames().get().values()) {
            topic.partitions().forEach(info -> found.add(new TopicPartition(topic.name(), info.partition())));
        }
        return found;
    }

    private Map<TopicPartition, Long> ends(List<TopicPartition> partitions, IsolationLevel isolation) throws Exception {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        partitions.forEach(partition -> asked.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (Map.Entry<TopicPartition, ListOffsetsResultInfo> end :
            admin.listOffsets(asked, new ListOffsetsOptions(isolation)).all().get().entrySet()) {
            ends.put(end.getKey(), end.getValue().offset());
        }
        return ends;
    }

    @Override
    public void close() {
        admin.close();
    }
}
