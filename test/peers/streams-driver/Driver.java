import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;
import org.apache.kafka.streams.test.TestRecord;

/**
 * Kafka Streams as the other side of the differential test: reads cases as test/streams/case.ts has them, one JSON object
 * a line, and answers each with one line: what came out after every step, and the stores at the end, or {"error"}.
 * Words: a folder for state (versioned tables keep theirs on disk).
 */
public class Driver {
    static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] words) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            out.println(JSON.writeValueAsString(answer(JSON.readTree(line), words[0])));
            out.flush();
        }
    }

    static ObjectNode answer(JsonNode asked, String folder) {
        try {
            Topologies topologies = new Topologies();
            topologies.build(asked.get("operators"));
            try (TopologyTestDriver driver =
                    new TopologyTestDriver(topologies.builder.build(), settings(folder), Instant.EPOCH)) {
                ObjectNode answer = JSON.createObjectNode();
                answer.set("steps", new Run(driver, topologies).steps(asked.get("steps")));
                answer.set("stores", Contents.read(driver, asked.get("stores")));
                return answer;
            }
        } catch (Exception | Error problem) {
            Throwable cause = problem;
            while (cause.getCause() != null) cause = cause.getCause();
            return JSON.createObjectNode().put("error", problem + " <- " + cause);
        }
    }

    /** No cache, no throttle of emissions, state in memory: every change is seen at once. */
    static Properties settings(String folder) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "peer");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        settings.put(StreamsConfig.STATE_DIR_CONFIG, folder);
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        settings.put(StreamsConfig.TASK_TIMEOUT_MS_CONFIG, 0L);
        settings.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
        settings.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
        settings.put(
            StreamsConfig.DSL_STORE_SUPPLIERS_CLASS_CONFIG, BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers.class);
        settings.put(StreamsConfig.InternalConfig.EMIT_INTERVAL_MS_KSTREAMS_OUTER_JOIN_SPURIOUS_RESULTS_FIX, 0L);
        settings.put(StreamsConfig.InternalConfig.EMIT_INTERVAL_MS_KSTREAMS_WINDOWED_AGGREGATION, 0L);
        return settings;
    }

    /** One case on its way. */
    static class Run {
        final TopologyTestDriver driver;
        final Map<String, TestInputTopic<String, String>> inputs = new HashMap<>();
        final Map<String, TestOutputTopic<String, String>> outputs = new HashMap<>();

        Run(TopologyTestDriver driver, Topologies topologies) {
            this.driver = driver;
            for (String topic : topologies.outputs) {
                outputs.put(topic, driver.createOutputTopic(topic, new StringDeserializer(), new StringDeserializer()));
            }
        }

        ArrayNode steps(JsonNode steps) {
            ArrayNode answers = JSON.createArrayNode();
            for (JsonNode step : steps) {
                take(step);
                answers.add(given());
            }
            return answers;
        }

        void take(JsonNode step) {
            if (step.get("do").asText().equals("advance")) {
                driver.advanceWallClockTime(Duration.ofMillis(step.get("milliseconds").asLong()));
                return;
            }
            inputs
                .computeIfAbsent(
                    step.get("topic").asText(),
                    name -> driver.createInputTopic(name, new StringSerializer(), new StringSerializer()))
                .pipeInput(
                    new TestRecord<>(
                        step.get("key").textValue(),
                        step.get("value").textValue(),
                        Instant.ofEpochMilli(step.get("time").asLong())));
        }

        ArrayNode given() {
            ArrayNode rows = JSON.createArrayNode();
            outputs.forEach((topic, output) -> {
                for (TestRecord<String, String> record : output.readRecordsToList()) {
                    rows.addArray().add(topic).add(record.key()).add(record.value()).add(record.timestamp());
                }
            });
            return rows;
        }
    }
}
