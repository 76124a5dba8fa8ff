import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/** The records of the soak by arithmetic alone, as `record.ts` makes them: nothing is read for it. */
final class Generator {
    static final long BASE_TIME = 1_700_000_000_000L;
    private static final int STEP = 10;
    private static final int JITTER = 900;
    private static final long LATE = 864_000_000L;
    private static final int KEY_GROUPS = 12;
    private static final int ACCOUNTS = 512;

    enum Ailment { WELL, NO_JSON, NOT_UTF8, WRONG_CHECKSUM }

    private static final Ailment[] POISONS = {Ailment.NO_JSON, Ailment.NOT_UTF8, Ailment.WRONG_CHECKSUM};

    /** How many records each producer writes. */
    final int count;
    /** By producer and seq; -1 for poison. */
    private final int[][] keySeqs;
    private final Map<String, Integer> recordsOfKeys = new HashMap<>();

    Generator(int records) {
        count = records / 2;
        keySeqs = new int[][] {numberKeys(0), numberKeys(1)};
    }

    private int[] numberKeys(int producer) {
        int[] numbers = new int[count];
        for (int seq = 0; seq < count; seq++) {
            boolean isWell = ailment(producer, seq) == Ailment.WELL;
            numbers[seq] = isWell ? recordsOfKeys.merge(key(producer, seq), 1, Integer::sum) - 1 : -1;
        }
        return numbers;
    }

    /** How many records of each key are well. */
    Map<String, Integer> recordsOfKeys() {
        return recordsOfKeys;
    }

    static int mix(int number) {
        int mixed = number;
        mixed = (mixed ^ (mixed >>> 16)) * 0x85ebca6b;
        mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2ae35;
        return mixed ^ (mixed >>> 16);
    }

    private static int draw(int producer, int seq) {
        return mix(seq * 2 + producer);
    }

    static long print(int producer, int seq) {
        return Integer.toUnsignedLong(draw(producer, seq));
    }

    Ailment ailment(int producer, int seq) {
        if (Integer.remainderUnsigned(draw(producer, seq), 1_000) != 7) return Ailment.WELL;
        return POISONS[seq % POISONS.length];
    }

    boolean isLate(int producer, int seq) {
        return Integer.remainderUnsigned(draw(producer, seq), 1_000) == 500 && seq >= count / 5;
    }

    private static int keyNumber(int producer, int seq) {
        int group = mix(draw(producer, seq) ^ 0x9e3779b9);
        int first = 1 << Integer.remainderUnsigned(group, KEY_GROUPS);
        return first + (mix(group) & (first - 1));
    }

    String key(int producer, int seq) {
        return "p" + producer + "-" + keyNumber(producer, seq);
    }

    int keySeq(int producer, int seq) {
        return keySeqs[producer][seq];
    }

    long eventTime(int producer, int seq) {
        int jitter = Integer.remainderUnsigned(mix(draw(producer, seq) ^ 0x5bd1e995), JITTER);
        return BASE_TIME + (long) seq * STEP - (isLate(producer, seq) ? LATE : jitter);
    }

    int amount(int producer, int seq) {
        return Integer.remainderUnsigned(mix(draw(producer, seq) ^ 0x1b873593), 10_000);
    }

    /** Number of the account. */
    int account(int producer, int seq) {
        return keyNumber(producer, seq) % ACCOUNTS;
    }

    long checksum(int producer, int seq) {
        String fields = producer + "|" + seq + "|" + key(producer, seq) + "|" + keySeq(producer, seq) + "|"
            + eventTime(producer, seq) + "|" + amount(producer, seq);
        long right = crc(fields.getBytes(StandardCharsets.UTF_8));
        return ailment(producer, seq) == Ailment.WRONG_CHECKSUM ? right ^ 1 : right;
    }

    static long crc(byte[] bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        return sum.getValue();
    }

    /** The value as it is in the input. */
    byte[] bytes(int producer, int seq) {
        String text = "{\"producer\":" + producer + ",\"seq\":" + seq + ",\"key\":\"" + key(producer, seq)
            + "\",\"keySeq\":" + keySeq(producer, seq) + ",\"eventTime\":" + eventTime(producer, seq) + ",\"amount\":"
            + amount(producer, seq) + ",\"crc\":" + checksum(producer, seq) + "}";
        byte[] whole = text.getBytes(StandardCharsets.UTF_8);
        switch (ailment(producer, seq)) {
            case NO_JSON: return java.util.Arrays.copyOf(whole, whole.length - 3);
            case NOT_UTF8: return ByteBuffer.allocate(whole.length + 3).put(whole, 0, 9)
                .put(new byte[] {(byte) 0xff, (byte) 0xfe, (byte) 0xc0}).put(whole, 9, whole.length - 9).array();
            default: return whole;
        }
    }
}
