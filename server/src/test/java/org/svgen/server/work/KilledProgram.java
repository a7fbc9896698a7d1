package org.svgen.server.work;

import java.nio.file.Path;
import java.time.Duration;
import org.svgen.server.job.JobId;

/** A service that takes one job, and is killed while it runs. */
final class KilledProgram {
    private KilledProgram() {}

    public static void main(String[] args) {
        try {
            run(args);
        } catch (Throwable e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1); // the workers would keep it alive
        }
    }

    private static void run(String... args) throws InterruptedException {
        Factory factory = new Factory(Path.of(args[0]), Duration.ZERO);
        factory.pool.start();
        JobId id = factory.ask(Factory.small(Integer.parseInt(args[1])));
        factory.awaited(id, job -> job.run().checkpointStep().orElse(0) >= 2);
        System.out.println(id);
        Thread.sleep(Duration.ofMinutes(1));
    }
}
