import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * An output that holds records as they came in: how often each is there (counts, never a set), in which order, and whether it
 * is what the formula says.
 */
final class Seen {
    private static final ObjectMapper JSON = new ObjectMapper();
    final byte[][] times;
    long found;
    private final Generator generator;
    private final String topic;
    private final Step keySeqs;
    private final Step multiset;
    private final Step checksums;
    private final Map<String, Integer> lastOfKey = new HashMap<>();
    private final Map<String, Integer> lastOfPartition = new HashMap<>();

    Seen(Generator generator, String topic, Step keySeqs, Step multiset, Step checksums) {
        this.generator = generator;
        this.topic = topic;
        this.keySeqs = keySeqs;
        this.multiset = multiset;
        this.checksums = checksums;
        times = new byte[][] {new byte[generator.count], new byte[generator.count]};
    }

    static JsonNode parse(byte[] value) {
        try {
            return JSON.readTree(value);
        } catch (IOException wrong) {
            throw new IllegalStateException("An output holds what is no JSON", wrong);
        }
    }

    /** @return the parsed value, null where it can't be one of ours */
    JsonNode take(ConsumerRecord<byte[], byte[]> record) {
        found++;
        JsonNode json = parse(record.value());
        int producer = json.get("producer").asInt();
        int seq = json.get("seq").asInt();
        if (producer < 0 || producer > 1 || seq < 0 || seq >= generator.count) {
            multiset.complain(topic + " holds " + producer + "/" + seq + ", which nobody wrote");
            return null;
        }
        if (times[producer][seq] < Byte.MAX_VALUE) times[producer][seq]++;
        checkFields(json, producer, seq);
        return json;
    }

    private void checkFields(JsonNode json, int producer, int seq) {
        String name = topic + " " + producer + "/" + seq;
        String fields = producer + "|" + seq + "|" + json.get("key").asText() + "|" + json.get("keySeq").asInt() + "|"
            + json.get("eventTime").asLong() + "|" + json.get("amount").asInt();
        long crc = json.get("crc").asLong();
        checksums.expect(Generator.crc(fields.getBytes()) == crc, name + ": the checksum does not fit the fields");
        checksums.expect(generator.checksum(producer, seq) == crc, name + " is another record than was written");
        boolean isWell = generator.ailment(producer, seq) == Generator.Ailment.WELL;
        multiset.expect(isWell, name + " is poison and came out");
    }

    /** Records of a key are numbered: the next one is the last one plus one. */
    void checkKeySeq(JsonNode json, ConsumerRecord<byte[], byte[]> record) {
        String key = json.get("key").asText();
        int keySeq = json.get("keySeq").asInt();
        int last = lastOfKey.getOrDefault(key, -1);
        keySeqs.expect(keySeq == last + 1, topic + " " + key + ": " + keySeq + " comes after " + last + ", offset "
            + record.partition() + "/" + record.offset());
        lastOfKey.put(key, keySeq);
    }

    /** Without it a key could end too early without a gap. */
    void checkLastKeySeqs() {
        generator.recordsOfKeys().forEach((key, count) -> {
            int last = lastOfKey.getOrDefault(key, -1);
            keySeqs.expect(last == count - 1, topic + " " + key + " ends with " + last + ", not " + (count - 1));
        });
    }

    /** What a producer wrote into a partition stays in its order. */
    void checkOrder(JsonNode json, ConsumerRecord<byte[], byte[]> record) {
        String lane = record.partition() + "/" + json.get("producer").asInt();
        int seq = json.get("seq").asInt();
        int last = lastOfPartition.getOrDefault(lane, -1);
        multiset.expect(seq > last, topic + " " + lane + ": " + seq + " comes after " + last);
        lastOfPartition.put(lane, seq);
    }

    interface Wanted {
        boolean test(int producer, int seq);
    }

    /** Each wanted record is there once, and nothing else is. */
    Tally compare(Wanted wanted) {
        Tally tally = new Tally();
        for (int producer = 0; producer < 2; producer++) {
            for (int seq = 0; seq < generator.count; seq++) {
                int expected = wanted.test(producer, seq) ? 1 : 0;
                int there = times[producer][seq];
                if (there < expected) tally.lost++;
                if (there > expected) tally.doubled += there - expected;
                multiset.expect(there == expected, topic + " holds " + producer + "/" + seq + " " + there + " times");
            }
        }
        return tally;
    }
}
