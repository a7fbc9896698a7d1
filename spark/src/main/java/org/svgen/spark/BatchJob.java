package org.svgen.spark;

import java.util.List;
import org.apache.spark.SparkUserAppException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.svgen.tensor.BadInputException;

/**
 * A job for {@code spark-submit}: reads a table of prompts from any source that Spark knows, makes
 * the videos, and writes the table of results. docs/spark.md has its arguments.
 */
public final class BatchJob {
    private static final Logger LOG = LoggerFactory.getLogger(BatchJob.class);
    private static final int WRONG = 2; // exit code, as the command has it

    private BatchJob() {}

    /**
     * Runs the job.
     *
     * @param arguments as docs/spark.md tells them
     * @throws SparkUserAppException with exit code 2 if what was given cannot be used
     */
    public static void main(String[] arguments) throws SparkUserAppException {
        SparkSession session = SparkSession.builder().appName("svgen").getOrCreate();
        try {
            run(session, new JobArguments(List.of(arguments)));
        } catch (BadInputException e) {
            LOG.error(Failures.line(e));
            throw new SparkUserAppException(WRONG, e); // ends spark-submit with this code
        } finally {
            session.stop();
        }
    }

    /**
     * Runs it in a session.
     *
     * @throws BadInputException if an argument or a column is wrong
     */
    static void run(SparkSession session, JobArguments arguments) {
        SvgenBatch batch = arguments.batch();
        String results = arguments.required(JobArguments.RESULTS);
        String format = arguments.text(JobArguments.RESULTS_FORMAT).orElse("parquet");
        batch.run(prompts(session, arguments))
                .write()
                .format(format)
                .mode("overwrite")
                .save(results);
        Dataset<Row> written = session.read().format(format).load(results);
        long rows = written.count();
        long failed = written.where("error is not null").count();
        LOG.info("done: {} rows, {} of them failed; results are in {}", rows, failed, results);
    }

    /** A file or folder of any format, or a table by its name where none is said. */
    private static Dataset<Row> prompts(SparkSession session, JobArguments arguments) {
        String input = arguments.required(JobArguments.INPUT);
        return arguments
                .text(JobArguments.INPUT_FORMAT)
                .map(format ->
                        session.read().format(format).options(arguments.inputOptions()).load(input))
                .orElseGet(() -> session.table(input));
    }
}
