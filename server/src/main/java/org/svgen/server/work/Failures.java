package org.svgen.server.work;

import org.svgen.run.NonFiniteException;
import org.svgen.server.job.JobError;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;
import org.svgen.tensor.OutOfDeviceMemoryException;
import org.svgen.tensor.SvgenException;

/** Why jobs fail, for programs and for people. */
final class Failures {
    static final String OUT_OF_MEMORY = "out_of_memory";
    private static final String NOT_FINITE = "not_finite";
    private static final String STILL = "still_video";
    private static final String INVALID = "invalid_request";
    private static final String FAILED = "generation_failed";
    private static final String INTERNAL = "internal_error";

    private Failures() {}

    /** A run threw. */
    static JobError of(Throwable e) {
        return switch (e) {
            case OutOfDeviceMemoryException own -> new JobError(OUT_OF_MEMORY, line(own));
            case BadInputException own -> new JobError(INVALID, line(own));
            case SvgenException own when own.getCause() instanceof NonFiniteException ->
                    new JobError(NOT_FINITE, line(own));
            case SvgenException own -> new JobError(FAILED, line(own));
            case OutOfMemoryError _ ->
                    new JobError(OUT_OF_MEMORY, "the host's memory is used up: " + text(e));
            default -> new JobError(INTERNAL, e.getClass().getSimpleName() + ": " + text(e));
        };
    }

    /** A video shows nothing, or nothing in it moves. */
    static JobError still(String note) {
        return new JobError(STILL, note);
    }

    /** Fields as requests name them: {@code head_tolerance}. */
    static String line(SvgenException e) {
        return e.text(name -> Field.words(name, "_")).replaceAll("\\s*\\R\\s*", " ");
    }

    private static String text(Throwable e) {
        String text = String.valueOf(e.getMessage());
        return text.lines().findFirst().orElse("");
    }
}
