package org.svgen.server.blob;

import java.util.Objects;
import java.util.regex.Pattern;
import org.svgen.server.job.JobId;

/**
 * The name of a file among the {@link Blobs}: {@code jobs/ID/video.mp4}. No part of it is hidden or
 * leads elsewhere.
 *
 * @param value parts of letters, digits, {@code _}, {@code -} and {@code .}, divided by {@code /}
 */
public record BlobKey(String value) {
    private static final String PART = "[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}";
    private static final Pattern FORM = Pattern.compile(PART + "(/" + PART + "){0,7}");

    /**
     * Checks the form.
     *
     * @throws IllegalArgumentException if it is not one
     */
    public BlobKey {
        Objects.requireNonNull(value, "value");
        if (!isKey(value)) {
            throw new IllegalArgumentException("not the name of a file: " + value);
        }
    }

    static boolean isKey(String value) {
        return FORM.matcher(value).matches();
    }

    /**
     * {@return a file of a job}
     *
     * @param job whose
     * @param name of the file
     */
    public static BlobKey of(JobId job, String name) {
        Objects.requireNonNull(name, "name");
        return new BlobKey(folder(job) + "/" + name);
    }

    /**
     * {@return what all files of a job begin with, without the last {@code /}}
     *
     * @param job whose
     */
    public static String folder(JobId job) {
        Objects.requireNonNull(job, "job");
        return "jobs/" + job.value();
    }

    @Override
    public String toString() {
        return value;
    }
}
