import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The sums of a set of records: in all, in tumbling windows, in sessions. Made once by formula, and once from what was read. */
final class Aggregates {
    private static final long WINDOW = 10_000;
    private static final long GAP = 2_000;
    /** Account → sum of all its records. */
    final Map<String, Sum> totals = new HashMap<>();
    /** `account|start|end` → sum. */
    final Map<String, Sum> windows = new HashMap<>();
    private final Map<String, List<long[]>> ofSessions = new HashMap<>();

    void add(String account, long eventTime, long amount, long print, boolean isInWindows, boolean isInSessions) {
        totals.computeIfAbsent(account, name -> new Sum()).add(amount, print);
        if (isInWindows) {
            long start = Math.floorDiv(eventTime, WINDOW) * WINDOW;
            windows.computeIfAbsent(row(account, start, start + WINDOW), name -> new Sum()).add(amount, print);
        }
        if (isInSessions) {
            ofSessions.computeIfAbsent(account, name -> new ArrayList<>()).add(new long[] {eventTime, amount, print});
        }
    }

    /** `account|first|last` → sum, of records no more than the gap apart. Can be asked once: the records are let go. */
    Map<String, Sum> sessions() {
        Map<String, Sum> made = new HashMap<>();
        ofSessions.forEach((account, records) -> cut(account, records, made));
        ofSessions.clear();
        return made;
    }

    private static void cut(String account, List<long[]> records, Map<String, Sum> made) {
        long[][] sorted = records.toArray(long[][]::new);
        Arrays.sort(sorted, (one, other) -> Long.compare(one[0], other[0]));
        long first = sorted[0][0];
        long last = first;
        Sum sum = new Sum();
        for (long[] record : sorted) {
            if (record[0] - last > GAP) {
                made.put(row(account, first, last), sum);
                first = record[0];
                sum = new Sum();
            }
            last = record[0];
            sum.add(record[1], record[2]);
        }
        made.put(row(account, first, last), sum);
    }

    static String row(String account, long start, long end) {
        return account + "|" + start + "|" + end;
    }
}
