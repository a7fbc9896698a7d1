package org.svgen.spark;

import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in one line when an executor is lost, and tidies up behind those that were. */
final class ApplicationNews extends SparkListener {
    private static final Logger LOG = LoggerFactory.getLogger(ApplicationNews.class);
    private static final String KILLED = "137"; // 128 and the number of SIGKILL

    private final OutputFolder output;
    private final String application;

    ApplicationNews(OutputFolder output, String application) {
        this.output = output;
        this.application = application;
    }

    @Override
    public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
        LOG.warn(line(removed.executorId(), removed.reason()));
    }

    static String line(String executor, String reason) {
        String text = reason.strip().lines().findFirst().orElse("no reason was told");
        return "executor %s is gone (%s%s); what it was at is done by others, from its checkpoint"
                .formatted(
                        executor,
                        text,
                        text.contains(KILLED) ? ": killed, mostly for want of memory" : "");
    }

    @Override
    public void onApplicationEnd(SparkListenerApplicationEnd end) {
        output.deleteTemporary(application);
    }
}
