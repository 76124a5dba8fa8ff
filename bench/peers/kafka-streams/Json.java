import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/** Jackson's reader and writer of one class, as a serde. */
final class Json {
    private static final ObjectMapper mapper = new ObjectMapper()
        .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

    private Json() {}

    static <T> Serde<T> of(Class<T> type) {
        ObjectReader reader = mapper.readerFor(type);
        return Serdes.serdeFrom(writing(), (Deserializer<T>) (topic, bytes) -> {
            try {
                return bytes == null ? null : reader.readValue(bytes);
            } catch (IOException error) {
                throw new UncheckedIOException(error);
            }
        });
    }

    /** The class of a row is told by the row: results are only written. */
    static <T> Serializer<T> writing() {
        ObjectWriter writer = mapper.writer();
        return (topic, value) -> {
            try {
                return value == null ? null : writer.writeValueAsBytes(value);
            } catch (IOException error) {
                throw new UncheckedIOException(error);
            }
        };
    }

    /** Of what is only written. */
    static Serde<Object> rows() {
        return Serdes.serdeFrom(writing(), (topic, bytes) -> {
            throw new UnsupportedOperationException("results are not read");
        });
    }
}
