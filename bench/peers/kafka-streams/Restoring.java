import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateRestoreListener;

/** When restoring began and ended, and how many rows came back. */
final class Restoring implements StateRestoreListener {
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong rows = new AtomicLong();
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile long began;
    private volatile long ended;

    @Override
    public void onRestoreStart(TopicPartition partition, String store, long from, long to) {
        if (open.getAndIncrement() == 0 && began == 0) began = System.currentTimeMillis();
    }

    @Override
    public void onBatchRestored(TopicPartition partition, String store, long last, long count) {
        rows.addAndGet(count);
    }

    @Override
    public void onRestoreEnd(TopicPartition partition, String store, long total) {
        ended = System.currentTimeMillis();
        if (open.decrementAndGet() == 0) done.countDown();
    }

    String await() throws InterruptedException {
        done.await();
        return String.format("{\"startedAt\":%d,\"endedAt\":%d,\"records\":%d}", began, ended, rows.get());
    }
}
