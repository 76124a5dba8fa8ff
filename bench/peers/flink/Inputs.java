import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;

/**
 * The input topics as tables. Flink's Kafka source does not push projections down, so a table has only the columns that
 * the query names: what isn't read isn't built.
 */
final class Inputs {
    private static final Map<String, String> COLUMNS = Map.of(
            "persons",
            "id BIGINT, name STRING, emailAddress STRING, creditCard STRING, city STRING, state STRING,"
                    + " `dateTime` BIGINT, extra STRING",
            "auctions",
            "id BIGINT, itemName STRING, description STRING, initialBid BIGINT, reserve BIGINT, `dateTime` BIGINT,"
                    + " expires BIGINT, seller BIGINT, category BIGINT, extra STRING",
            "bids",
            "auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, `dateTime` BIGINT, extra STRING");

    private Inputs() {}

    static void declare(StreamTableEnvironment tables, Arguments arguments) {
        for (String input : arguments.inputs()) {
            if (COLUMNS.containsKey(input)) {
                tables.executeSql(definition(input, arguments));
            }
        }
    }

    /** With event time where the query speaks of `rowtime`. */
    private static String definition(String input, Arguments arguments) {
        boolean isTimed = isNamed("rowtime", arguments.query());
        String columns = Arrays.stream(COLUMNS.get(input).split(", "))
                .filter(column -> isRead(column.split(" ")[0].replace("`", ""), isTimed, arguments.query()))
                .collect(Collectors.joining(", "));
        String time = isTimed
                ? ", rowtime AS TO_TIMESTAMP_LTZ(`dateTime`, 3), WATERMARK FOR rowtime AS rowtime - INTERVAL '4' SECOND"
                : "";
        String options = options(input, arguments).entrySet().stream()
                .map(option -> "'" + option.getKey() + "' = '" + option.getValue() + "'")
                .collect(Collectors.joining(", "));
        return "CREATE TABLE " + input + " (" + columns + time + ") WITH (" + options + ")";
    }

    /** From the beginning up to where the topic ends now. */
    private static Map<String, String> options(String input, Arguments arguments) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("connector", "kafka");
        options.put("topic", Arguments.TOPIC_PREFIX + input);
        options.put("format", "json");
        options.put("scan.startup.mode", "earliest-offset");
        options.put("scan.bounded.mode", "latest-offset");
        Settings.consumer(arguments).forEach((name, value) -> options.put("properties." + name, value));
        return options;
    }

    private static boolean isRead(String column, boolean isTimed, String query) {
        return isNamed(column, query) || isTimed && column.equals("dateTime");
    }

    private static boolean isNamed(String word, String query) {
        return Pattern.compile("\\b" + word + "\\b").matcher(query).find();
    }
}
