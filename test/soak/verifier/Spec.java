import java.util.List;
import java.util.Map;

/** What the verifier is told: where things are, never what should be in them. */
public final class Spec {
    public String brokers;
    public String group;
    public int records;
    /** By role: left, right, copies, joined, totals, windows, sessions, lateWindows, lateSessions, dead, changelog. */
    public Map<String, String> topics;
    /** Every topic of the application, internal ones too. */
    public List<String> all;
    /** Rows of the store as the workers answered, a line of JSON each. */
    public String dump;
    /** What the witness saw. */
    public Map<String, String> witness;
    /** Copies of outputs in which something was changed. */
    public List<Doctored> doctored;

    public static final class Doctored {
        public String role;
        public String topic;
        /** Nothing was changed in this one where it is false. */
        public boolean isWrong;
    }

    String topic(String role) {
        return topics.get(role);
    }
}
