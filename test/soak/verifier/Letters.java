import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Dead letters: the planted poison, each once, with its bytes and headers, pointing to where it stands in the input. */
final class Letters {
    private static final String OURS = "__millrace.dlq.";
    private static final String WHERE = "__streams.errors.";
    private final Generator generator;
    /** `topic|partition|offset` → poison as it was read from the input. */
    private final Map<String, ConsumerRecord<byte[], byte[]>> poison = new HashMap<>();
    private final Map<String, Integer> times = new HashMap<>();

    Letters(Generator generator) {
        this.generator = generator;
    }

    void notePoison(ConsumerRecord<byte[], byte[]> record) {
        poison.put(place(record.topic(), record.partition(), record.offset()), record);
    }

    private static String place(String topic, int partition, long offset) {
        return topic + "|" + partition + "|" + offset;
    }

    void take(ConsumerRecord<byte[], byte[]> letter, Step letters, Step checksums) {
        String source = place(text(letter, WHERE + "topic"), (int) number(letter, WHERE + "partition"),
            number(letter, WHERE + "offset"));
        ConsumerRecord<byte[], byte[]> original = poison.get(source);
        times.merge(source, 1, Integer::sum);
        if (original == null) {
            letters.complain("a dead letter points to " + source + ", where no poison was planted");
            return;
        }
        letters.expect(Arrays.equals(letter.key(), original.key()), "the key of " + source + " has changed");
        letters.expect(Arrays.equals(letter.value(), original.value()), "the bytes of " + source + " have changed");
        letters.expect(number(letter, OURS + "source.timestamp") == original.timestamp(), "the time of " + source
            + " has changed");
        letters.expect(hasHeadersOf(letter, original), "the headers of " + source + " have changed");
        int producer = letter.key()[1] - '0';
        int seq = seqOf(original);
        long planted = Generator.crc(generator.bytes(producer, seq));
        checksums.expect(Generator.crc(letter.value()) == planted, "letter " + source + " is not what was planted");
        checksums.expect(Generator.crc(original.value()) == planted, source + " is not what was planted");
    }

    /** Those of the record first, in their order; then only ours. */
    private static boolean hasHeadersOf(ConsumerRecord<byte[], byte[]> letter, ConsumerRecord<byte[], byte[]> original) {
        Header[] kept = letter.headers().toArray();
        Header[] own = original.headers().toArray();
        if (kept.length < own.length) return false;
        for (int index = 0; index < kept.length; index++) {
            boolean isRight = index < own.length
                ? kept[index].key().equals(own[index].key()) && Arrays.equals(kept[index].value(), own[index].value())
                : kept[index].key().startsWith(OURS) || kept[index].key().startsWith(WHERE);
            if (!isRight) return false;
        }
        return true;
    }

    static int seqOf(ConsumerRecord<byte[], byte[]> record) {
        String trace = new String(record.headers().headers("trace").iterator().next().value(), StandardCharsets.UTF_8);
        return Integer.parseInt(trace.substring("trace-".length()));
    }

    private static String text(ConsumerRecord<byte[], byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static long number(ConsumerRecord<byte[], byte[]> letter, String name) {
        return Long.parseLong(text(letter, name));
    }

    Tally compare(Step letters) {
        Tally tally = new Tally();
        for (String source : poison.keySet()) {
            int there = times.getOrDefault(source, 0);
            if (there == 0) tally.lost++;
            if (there > 1) tally.doubled += there - 1;
            letters.expect(there == 1, "the poison at " + source + " became " + there + " dead letters");
        }
        return tally;
    }

    int planted() {
        return poison.size();
    }

    /** The same poison, no letter read yet. */
    Letters anew() {
        Letters made = new Letters(generator);
        made.poison.putAll(poison);
        return made;
    }
}
