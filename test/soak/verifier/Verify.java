import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** The verdict on a soak, offline, of committed data, by Kafka's own client. Words: a file with the specification. */
public final class Verify {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final Spec spec;
    private final Generator generator;
    private final TopicReader reader;
    private final List<Step> steps = new ArrayList<>();
    private final Step quiet = step("1 group empty, no open transaction, all stable");
    private final Step cut = step("2 input cut at the committed positions");
    private final Step keySeqs = step("3 numbers of each key without gap");
    private final Step multiset = step("4 every record once, in order");
    private final Step sums = step("5 sums by formula and by replay");
    private final Step dead = step("6 dead letters are the planted poison");
    private final Step checksums = step("7 checksums");
    private final Step state = step("8 changelog, store and sums agree");
    private final Step isolation = step("9 aborted data in no output");
    private final Step witnessed = step("10 a concurrent reader saw the same");
    private final Tally tally = new Tally();
    private final Chains chains = new Chains();
    private final Aborted aborted = new Aborted(isolation);
    private final Map<String, Long> found = new LinkedHashMap<>();
    private final Letters poison;
    /** Sums by arithmetic alone, and by replay of the input that was read. */
    private final Aggregates formula = new Aggregates();
    private final Aggregates replay = new Aggregates();
    private Map<String, Sum> formulaSessions;
    private Seen lateForWindows;
    private Seen lateForSessions;

    private Verify(Spec spec) {
        this.spec = spec;
        generator = new Generator(spec.records);
        reader = new TopicReader(spec.brokers);
        poison = new Letters(generator);
    }

    public static void main(String[] words) throws Exception {
        Map<String, Object> verdict = new Verify(JSON.readValue(new File(words[0]), Spec.class)).judge();
        System.out.println(JSON.writeValueAsString(verdict));
    }

    private Step step(String name) {
        Step made = new Step(name);
        steps.add(made);
        return made;
    }

    private Map<String, Object> judge() throws Exception {
        readLate();
        readInput();
        addByFormula();
        checkRecords("copies");
        checkRecords("joined");
        checkRows("windows");
        checkRows("sessions");
        checkTotals();
        checkLetters();
        checkState();
        checkIsolation();
        checkWitness();
        Map<String, Object> verdict = new LinkedHashMap<>();
        verdict.put("steps", steps.stream().map(Step::told).toList());
        verdict.put("lost", tally.lost);
        verdict.put("doubled", tally.doubled);
        verdict.put("found", found);
        verdict.put("aborted", aborted.count);
        verdict.put("doctored", judgeDoctored());
        reader.close();
        return verdict;
    }

    /** An output, committed data only, as every step has to see it. */
    private void readOutput(String role, java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> take) {
        reader.read(spec.topic(role), true, record -> {
            chains.add(record);
            aborted.takeCommitted(record);
            take.accept(record);
        });
    }

    /** Late records are counted first: a sum holds every record that was not refused. */
    private void readLate() {
        lateForWindows = lateOf("lateWindows");
        lateForSessions = lateOf("lateSessions");
    }

    private Seen lateOf(String role) {
        Seen seen = new Seen(generator, spec.topic(role), keySeqs, multiset, checksums);
        readOutput(role, seen::take);
        found.put(role, seen.found);
        for (int producer = 0; producer < 2; producer++) {
            for (int seq = 0; seq < generator.count; seq++) {
                byte times = seen.times[producer][seq];
                multiset.expect(times <= 1, role + " has " + producer + "/" + seq + " " + times + " times");
                if (times > 1) tally.doubled += times - 1;
                boolean isPlanted = generator.isLate(producer, seq);
                multiset.expect(times == 0 || isPlanted, role + ": " + producer + "/" + seq + " was in time");
            }
        }
        return seen;
    }

    private void readInput() throws Exception {
        try (Commits commits = new Commits(spec.brokers, spec.group)) {
            commits.checkQuiet(spec.all, quiet);
            Map<TopicPartition, Long> ends = commits.cut(List.of(spec.topic("left"), spec.topic("right")), cut);
            byte[][] times = {new byte[generator.count], new byte[generator.count]};
            reader.readTo(true, ends, record -> takeInput(record, times));
            for (int producer = 0; producer < 2; producer++) {
                for (int seq = 0; seq < generator.count; seq++) {
                    cut.expect(times[producer][seq] == 1, "the input has " + producer + "/" + seq + " "
                        + times[producer][seq] + " times");
                }
            }
        }
        found.put("poison", (long) poison.planted());
    }

    private void takeInput(ConsumerRecord<byte[], byte[]> record, byte[][] times) {
        int producer = record.topic().equals(spec.topic("left")) ? 0 : 1;
        if (record.headers().lastHeader("trace") != null) {
            times[producer][Letters.seqOf(record)]++;
            poison.notePoison(record);
            return;
        }
        JsonNode json = Seen.parse(record.value());
        int seq = json.get("seq").asInt();
        times[producer][seq]++;
        long print = Generator.print(producer, seq);
        // The account by the text of the key, not by what made the key.
        String account = "a-" + Integer.parseInt(json.get("key").asText().substring(3)) % 512;
        replay.add(account, json.get("eventTime").asLong(), json.get("amount").asLong(), print,
            lateForWindows.times[producer][seq] == 0, lateForSessions.times[producer][seq] == 0);
    }

    private void addByFormula() {
        for (int producer = 0; producer < 2; producer++) {
            for (int seq = 0; seq < generator.count; seq++) {
                if (generator.ailment(producer, seq) != Generator.Ailment.WELL) continue;
                formula.add("a-" + generator.account(producer, seq), generator.eventTime(producer, seq),
                    generator.amount(producer, seq), Generator.print(producer, seq),
                    lateForWindows.times[producer][seq] == 0, lateForSessions.times[producer][seq] == 0);
            }
        }
        formulaSessions = formula.sessions();
    }

    private boolean isWell(int producer, int seq) {
        return generator.ailment(producer, seq) == Generator.Ailment.WELL;
    }

    private void checkRecords(String role) {
        Seen seen = new Seen(generator, spec.topic(role), keySeqs, multiset, checksums);
        readOutput(role, record -> takeRecord(seen, role, record));
        seen.checkLastKeySeqs();
        found.put(role, seen.found);
        tally.add(seen.compare(this::isWell));
    }

    private void takeRecord(Seen seen, String role, ConsumerRecord<byte[], byte[]> record) {
        JsonNode json = seen.take(record);
        if (json == null) return;
        seen.checkKeySeq(json, record);
        if (role.equals("copies")) seen.checkOrder(json, record);
        if (!role.equals("joined")) return;
        String account = "a-" + generator.account(json.get("producer").asInt(), json.get("seq").asInt());
        sums.expect(json.get("owner").asText().equals("owner of " + account), "joined with " + json.get("owner"));
    }

    private void checkRows(String role) {
        Rows rows = new Rows(spec.topic(role));
        readOutput(role, rows::take);
        found.put(role, rows.count());
        tally.add(rows.compare(expectedRows(role), "by formula", sums));
        rows.compare(role.equals("windows") ? replay.windows : replay.sessions(), "by replay", sums);
    }

    private Map<String, Sum> expectedRows(String role) {
        return role.equals("windows") ? formula.windows : formulaSessions;
    }

    /** Updates of a row only ever grow, and the last one is the sum of all. */
    private void checkTotals() {
        Map<String, Sum> last = new HashMap<>();
        readOutput("totals", record -> {
            Sum sum = Sum.of(Seen.parse(record.value()));
            Sum before = last.put(new String(record.key()), sum);
            sums.expect(before == null || before.count < sum.count, "totals " + new String(record.key()) + ": " + sum
                + " comes after " + before);
        });
        sums.expect(last.equals(formula.totals), "the last totals are not the sums by formula");
        sums.expect(last.equals(replay.totals), "the last totals are not the sums by replay");
    }

    private void checkLetters() {
        readOutput("dead", record -> poison.take(record, dead, checksums));
        tally.add(poison.compare(dead));
    }

    private void checkState() throws Exception {
        Map<String, Sum> fold = new HashMap<>();
        reader.read(spec.topic("changelog"), true, record -> {
            aborted.takeCommitted(record);
            String account = new String(record.key());
            if (record.value() == null) fold.remove(account);
            else fold.put(account, Sum.of(Seen.parse(record.value())));
        });
        Map<String, Sum> dump = new HashMap<>();
        for (String line : Files.readAllLines(Path.of(spec.dump))) {
            JsonNode row = JSON.readTree(line);
            dump.put(row.get("key").asText(), Sum.of(row.get("value")));
        }
        state.expect(fold.equals(formula.totals), "the changelog is not the sums");
        state.expect(dump.equals(formula.totals), "the store is not the sums");
        state.expect(fold.equals(dump), "the changelog is not the store");
    }

    private void checkIsolation() {
        for (String role : List.of("lateWindows", "lateSessions", "copies", "joined", "windows", "sessions", "totals",
            "dead", "changelog")) {
            reader.read(spec.topic(role), false, aborted::takeAny);
        }
        aborted.end();
    }

    private void checkWitness() {
        witnessed.expect(chains.told().equals(spec.witness), "it saw " + differing());
    }

    private String differing() {
        Map<String, String> told = chains.told();
        return told.keySet().stream().filter(name -> !told.get(name).equals(spec.witness.get(name)))
            .map(name -> name + " as " + spec.witness.get(name) + ", not " + told.get(name)).limit(3).toList().toString();
    }

    /** Of each copy in which something was changed: whether the checks of its role found it wrong. */
    private List<Map<String, Object>> judgeDoctored() {
        List<Map<String, Object>> judged = new ArrayList<>();
        for (Spec.Doctored doctored : spec.doctored) {
            judged.add(Map.of("role", doctored.role, "topic", doctored.topic, "isWrong", doctored.isWrong, "rejected",
                isRejected(doctored)));
        }
        return judged;
    }

    private boolean isRejected(Spec.Doctored doctored) {
        Step step = new Step(doctored.topic);
        switch (doctored.role) {
            case "windows", "sessions" -> {
                Rows rows = new Rows(doctored.topic);
                reader.read(doctored.topic, true, rows::take);
                rows.compare(expectedRows(doctored.role), "by formula", step);
            }
            case "dead" -> {
                Letters letters = poison.anew();
                reader.read(doctored.topic, true, letter -> letters.take(letter, step, step));
                letters.compare(step);
            }
            case "copies", "joined" -> {
                Seen seen = new Seen(generator, doctored.topic, step, step, step);
                reader.read(doctored.topic, true, seen::take);
                seen.compare(this::isWell);
            }
            default -> throw new IllegalArgumentException("No output has the role " + doctored.role);
        }
        return !step.passed();
    }
}
