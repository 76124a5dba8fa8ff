import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A fingerprint of the sequence of records of each partition: offsets, keys and values, in their order. */
final class Chains {
    private final Map<String, long[]> chains = new TreeMap<>();

    void add(ConsumerRecord<byte[], byte[]> record) {
        long[] chain = chains.computeIfAbsent(record.topic() + "-" + record.partition(), name -> new long[2]);
        CRC32C sum = new CRC32C();
        sum.update(ByteBuffer.allocate(16).putLong(chain[1]).putLong(record.offset()).flip());
        if (record.key() != null) sum.update(record.key());
        if (record.value() != null) sum.update(record.value());
        chain[0]++;
        // Both halves of the number depend on all that came before.
        chain[1] = (chain[1] * 0x9E3779B97F4A7C15L) ^ (sum.getValue() << 16) ^ record.offset();
    }

    /** `topic-partition` → records:fingerprint. */
    Map<String, String> told() {
        Map<String, String> told = new TreeMap<>();
        chains.forEach((name, chain) -> told.put(name, chain[0] + ":" + Long.toHexString(chain[1])));
        return told;
    }
}
