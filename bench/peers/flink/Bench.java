import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.util.FileUtils;

/** One work on Flink, from Kafka to Kafka, in this process. Its last line says when it began and ended. */
public final class Bench {
    private Bench() {}

    public static void main(String[] words) throws Exception {
        int code = 1;
        Path scratch = Files.createTempDirectory("millrace-flink-");
        try {
            Arguments arguments = Arguments.of(words, scratch);
            JobClient job = arguments.api().equals("stream") ? StreamWorks.start(arguments) : SqlWork.start(arguments);
            job.getJobExecutionResult().get();
            long endedAt = System.currentTimeMillis();
            System.out.println("{\"startedAt\":" + FirstRecord.at() + ",\"endedAt\":" + endedAt + "}");
            code = 0;
        } catch (Throwable failure) {
            failure.printStackTrace();
        } finally {
            FileUtils.deleteDirectoryQuietly(scratch.toFile());
        }
        // Flink's own threads would keep the process for a while.
        System.exit(code);
    }
}
