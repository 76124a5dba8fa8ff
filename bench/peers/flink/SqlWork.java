import java.util.Map;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.api.TableDescriptor;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.types.DataType;

/** A work that is a query. */
final class SqlWork {
    private SqlWork() {}

    static JobClient start(Arguments arguments) throws Exception {
        StreamTableEnvironment tables = StreamTableEnvironment.create(Settings.environment(arguments));
        Settings.table().forEach(tables.getConfig()::set);
        Functions.declare(tables, arguments);
        Inputs.declare(tables, arguments);
        Table result = tables.sqlQuery(arguments.query());
        if (arguments.explain()) {
            System.err.println(tables.explainSql(arguments.query()));
        }
        tables.createTemporaryTable("result", output(result, arguments));
        return result.executeInsert("result").getJobClient().orElseThrow();
    }

    /** The columns are the query's. A result that is updated has a key; one that only grows has none. */
    private static TableDescriptor output(Table result, Arguments arguments) {
        Schema.Builder schema = Schema.newBuilder();
        for (Column column : result.getResolvedSchema().getColumns()) {
            boolean isKey = arguments.key().contains(column.getName());
            DataType type = column.getDataType();
            schema.column(column.getName(), isKey ? type.notNull() : type);
        }
        if (!arguments.key().isEmpty()) {
            schema.primaryKey(arguments.key());
        }
        TableDescriptor.Builder table = TableDescriptor.forConnector(connector(arguments)).schema(schema.build());
        format(arguments).forEach(table::option);
        table.option("topic", arguments.output());
        table.option("sink.delivery-guarantee", "exactly-once");
        table.option("sink.transactional-id-prefix", arguments.application());
        Settings.producer(arguments).forEach((name, value) -> table.option("properties." + name, value));
        return table.build();
    }

    private static String connector(Arguments arguments) {
        return arguments.key().isEmpty() ? "kafka" : "upsert-kafka";
    }

    private static Map<String, String> format(Arguments arguments) {
        return arguments.key().isEmpty()
                ? Map.of("format", "json")
                : Map.of("key.format", "json", "value.format", "json");
    }
}
