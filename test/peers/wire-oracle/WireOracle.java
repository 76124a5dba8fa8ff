import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.ControlRecordType;
import org.apache.kafka.common.record.EndTransactionMarker;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.MemoryRecordsBuilder;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.TimestampType;

/**
 * Says how Apache Kafka itself writes what is asked on standard input, a JSON object a line:
 * {"name","kind":"request|response|struct","key","version","value"} gives a message as hex, headers included;
 * {"batch":{…},"records":[…]} gives a record batch as base64. Run by generate.ts with kafka-clients on the class path.
 */
public class WireOracle {
  static final ObjectMapper json = new ObjectMapper();

  public static void main(String[] arguments) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    StringBuilder out = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      JsonNode asked = json.readTree(line);
      out.append(asked.has("batch") ? batch(asked) : message(asked)).append('\n');
    }
    System.out.print(out);
  }

  static String message(JsonNode asked) {
    String kind = asked.get("kind").asText();
    short version = (short) asked.get("version").asInt();
    String name = asked.get("name").asText();
    String type = switch (kind) {
      case "request" -> name + "RequestData";
      case "response" -> name + "ResponseData";
      default -> name;
    };
    try {
      Message body = (Message) Class.forName(asked.path("package").asText("org.apache.kafka.common.message") + "." + type + "JsonConverter")
          .getMethod("read", JsonNode.class, short.class)
          .invoke(null, asked.get("value"), version);
      HexFormat hex = HexFormat.of();
      return header(asked, kind, version) + hex.formatHex(bytes(body, version));
    } catch (Exception problem) {
      Throwable cause = problem.getCause() == null ? problem : problem.getCause();
      return "error " + cause.toString().replace('\n', ' ');
    }
  }

  static String header(JsonNode asked, String kind, short version) {
    HexFormat hex = HexFormat.of();
    if (kind.equals("struct")) return "";
    ApiKeys api = ApiKeys.forId(asked.get("key").asInt());
    if (kind.equals("response")) {
      short form = api.responseHeaderVersion(version);
      return hex.formatHex(bytes(new ResponseHeaderData().setCorrelationId(1_234_567), form));
    }
    RequestHeaderData header = new RequestHeaderData()
        .setRequestApiKey(api.id).setRequestApiVersion(version).setCorrelationId(1_234_567).setClientId("millrace-ü");
    return hex.formatHex(bytes(header, api.requestHeaderVersion(version)));
  }

  static byte[] bytes(Message message, short version) {
    return MessageUtil.byteBufferToArray(MessageUtil.toByteBufferAccessor(message, version).buffer());
  }

  static String batch(JsonNode asked) throws Exception {
    JsonNode batch = asked.get("batch");
    if (batch.has("rawSnappy")) {
      return Base64.getEncoder().encodeToString(org.xerial.snappy.Snappy.compress(batch.get("rawSnappy").asText()));
    }
    long producerId = batch.path("producerId").asLong(-1);
    short epoch = (short) batch.path("producerEpoch").asInt(-1);
    long baseOffset = batch.path("baseOffset").asLong(0);
    int leaderEpoch = batch.path("partitionLeaderEpoch").asInt(-1);
    if (batch.has("control")) {
      ControlRecordType type = ControlRecordType.valueOf(batch.get("control").asText().toUpperCase());
      EndTransactionMarker marker = new EndTransactionMarker(type, batch.get("coordinatorEpoch").asInt());
      return base64(MemoryRecords.withEndTransactionMarker(
          baseOffset, batch.get("timestamp").asLong(), leaderEpoch, producerId, epoch, marker));
    }
    TimestampType timestampType =
        batch.has("logAppendTime") ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME;
    MemoryRecordsBuilder builder = MemoryRecords.builder(
        ByteBuffer.allocate(1 << 20), RecordBatch.CURRENT_MAGIC_VALUE,
        Compression.of(CompressionType.forName(batch.path("compression").asText("none"))).build(),
        timestampType, baseOffset, batch.path("logAppendTime").asLong(-1), producerId, epoch,
        batch.path("baseSequence").asInt(-1), batch.path("transactional").asBoolean(false), leaderEpoch);
    for (JsonNode record : asked.get("records")) {
      builder.append(record.get("timestamp").asLong(), text(record.get("key")), text(record.get("value")), headers(record));
    }
    return base64(builder.build());
  }

  static Header[] headers(JsonNode record) {
    ArrayNode list = record.withArray("headers");
    Header[] headers = new Header[list.size()];
    for (int index = 0; index < headers.length; index++) {
      ObjectNode header = (ObjectNode) list.get(index);
      headers[index] = new RecordHeader(header.get("name").asText(), text(header.get("value")));
    }
    return headers;
  }

  static byte[] text(JsonNode node) {
    return node == null || node.isNull() ? null : node.asText().getBytes(StandardCharsets.UTF_8);
  }

  static String base64(MemoryRecords records) {
    return Base64.getEncoder().encodeToString(MessageUtil.byteBufferToArray(records.buffer()));
  }
}
