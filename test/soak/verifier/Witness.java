import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Reads the outputs, read_committed, while they are written and workers die. When its stdin ends it reads what is left and
 * prints the fingerprint of what it saw. Words: brokers, topics.
 */
public final class Witness {
    private static final Duration POLL = Duration.ofMillis(500);

    public static void main(String[] words) throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        Thread listener = new Thread(() -> listen(isOver));
        listener.setDaemon(true);
        listener.start();
        TopicReader reader = new TopicReader(words[0]);
        Chains chains = new Chains();
        try (KafkaConsumer<byte[], byte[]> consumer = reader.consumer(true)) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (String topic : List.of(words).subList(1, words.length)) {
                partitions.addAll(waitFor(reader, consumer, topic));
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            System.out.println("reading");
            while (!isOver.get()) consumer.poll(POLL).forEach(chains::add);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            reader.readOn(consumer, ends, chains::add);
        }
        System.out.println(new ObjectMapper().writeValueAsString(chains.told()));
    }

    private static List<TopicPartition> waitFor(TopicReader reader, KafkaConsumer<byte[], byte[]> consumer, String topic)
        throws InterruptedException {
        while (true) {
            try {
                List<TopicPartition> found = reader.partitions(consumer, topic);
                if (!found.isEmpty()) return found;
            } catch (RetriableException notYet) {
                // The topic is made by a worker at its start.
            }
            Thread.sleep(200);
        }
    }

    private static void listen(AtomicBoolean isOver) {
        try {
            while (System.in.read() >= 0) continue;
        } catch (IOException gone) {
            // Whoever started us is gone: there is nobody to tell.
        }
        isOver.set(true);
    }
}
