import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import org.apache.flink.api.common.serialization.AbstractDeserializationSchema;
import org.apache.flink.api.common.serialization.SerializationSchema;

/** The rows of the stream works and their JSON, read and written by Jackson. */
public final class Bids {
    private Bids() {}

    /** What `map` reads and, with another price, writes. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public static final class Bid {
        public long auction;
        public long bidder;
        public double price;
        public long dateTime;
        public String extra;
    }

    /** What a count reads. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public static final class Arrival {
        public long auction;
        public long dateTime;
    }

    /** What a count writes. */
    public static final class Count {
        public long auction;
        public long start;
        public long bids;
    }

    static final class Reader<T> extends AbstractDeserializationSchema<T> {
        private final Class<T> type;
        private transient ObjectReader json;

        Reader(Class<T> type) {
            super(type);
            this.type = type;
        }

        @Override
        public void open(InitializationContext context) {
            json = new ObjectMapper().readerFor(type);
        }

        @Override
        public T deserialize(byte[] value) throws IOException {
            return json.readValue(value);
        }
    }

    static final class Writer<T> implements SerializationSchema<T> {
        private final Class<T> type;
        private transient ObjectWriter json;

        Writer(Class<T> type) {
            this.type = type;
        }

        @Override
        public void open(InitializationContext context) {
            json = new ObjectMapper().writerFor(type);
        }

        @Override
        public byte[] serialize(T row) {
            try {
                return json.writeValueAsBytes(row);
            } catch (IOException failure) {
                throw new IllegalStateException(failure);
            }
        }
    }
}
