import java.util.Arrays;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The Java client's transactions: begin, ten records to each of three partitions, commit. Prints the times in ms. */
public class Transactions {
    public static void main(String[] words) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", words[0]);
        properties.put("transactional.id", "bench-" + ProcessHandle.current().pid());
        properties.put("key.serializer", ByteArraySerializer.class);
        properties.put("value.serializer", ByteArraySerializer.class);
        String topic = words[1];
        int count = Integer.parseInt(words[2]);
        int partitions = Integer.parseInt(words[3]);
        int records = Integer.parseInt(words[4]);
        byte[] value = new byte[Integer.parseInt(words[5])];
        double[] milliseconds = new double[count];
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(properties)) {
            producer.initTransactions();
            for (int done = 0; done < count; done++) {
                long began = System.nanoTime();
                producer.beginTransaction();
                for (int record = 0; record < records; record++)
                    for (int partition = 0; partition < partitions; partition++)
                        producer.send(new ProducerRecord<>(topic, partition, null, value));
                producer.commitTransaction();
                milliseconds[done] = (System.nanoTime() - began) / 1e6;
            }
        }
        double seconds = Arrays.stream(milliseconds).sum() / 1000;
        Arrays.sort(milliseconds);
        System.out.printf("seconds %f p50 %f p99 %f%n", seconds, milliseconds[count / 2], milliseconds[count * 99 / 100]);
    }
}
