import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One step of the verdict: passed unless something was found wrong. The first sentences are kept, all are counted. */
final class Step {
    private static final int KEPT = 5;
    final String name;
    private final List<String> complaints = new ArrayList<>();
    private long wrong;

    Step(String name) {
        this.name = name;
    }

    void complain(String sentence) {
        wrong++;
        if (complaints.size() < KEPT) complaints.add(sentence);
    }

    void expect(boolean isRight, String otherwise) {
        if (!isRight) complain(otherwise);
    }

    boolean passed() {
        return wrong == 0;
    }

    Map<String, Object> told() {
        return Map.of("step", name, "passed", passed(), "wrong", wrong, "complaints", complaints);
    }
}
