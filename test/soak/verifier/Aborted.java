import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Step 9: a topic read without regard to transactions holds all that read_committed gave, at the same places and with the same
 * bytes, and beside it only what was aborted, which read_committed must not have given.
 */
final class Aborted {
    /** Offsets and checksums of a partition, in their order. */
    private static final class Lane {
        long[] offsets = new long[1024];
        int[] checksums = new int[1024];
        int length;
        int passed;

        void add(long offset, int checksum) {
            if (length == offsets.length) {
                offsets = java.util.Arrays.copyOf(offsets, length * 2);
                checksums = java.util.Arrays.copyOf(checksums, length * 2);
            }
            offsets[length] = offset;
            checksums[length++] = checksum;
        }
    }

    private final Map<TopicPartition, Lane> committed = new HashMap<>();
    private final Step step;
    /** Records of aborted transactions. */
    long count;

    Aborted(Step step) {
        this.step = step;
    }

    void takeCommitted(ConsumerRecord<byte[], byte[]> record) {
        lane(record).add(record.offset(), checksum(record));
    }

    private Lane lane(ConsumerRecord<byte[], byte[]> record) {
        return committed.computeIfAbsent(new TopicPartition(record.topic(), record.partition()), name -> new Lane());
    }

    void takeAny(ConsumerRecord<byte[], byte[]> record) {
        Lane lane = lane(record);
        boolean isCommitted = lane.passed < lane.length && lane.offsets[lane.passed] == record.offset();
        if (!isCommitted) {
            count++;
            return;
        }
        step.expect(lane.checksums[lane.passed] == checksum(record), place(record) + " has other bytes for a "
            + "read_committed reader");
        lane.passed++;
    }

    void end() {
        committed.forEach((partition, lane) -> step.expect(lane.passed == lane.length, partition + ": read_committed gave "
            + (lane.length - lane.passed) + " records that are not in the log"));
    }

    private static String place(ConsumerRecord<byte[], byte[]> record) {
        return record.topic() + "-" + record.partition() + " offset " + record.offset();
    }

    private static int checksum(ConsumerRecord<byte[], byte[]> record) {
        int key = record.key() == null ? 0 : (int) Generator.crc(record.key());
        int value = record.value() == null ? 0 : (int) Generator.crc(record.value());
        return key * 31 + value;
    }
}
