package org.svgen.server.blob;

import java.io.IOException;
import java.util.function.Function;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * A bucket and who asks it.
 *
 * @param client of its server
 * @param address of the files in it
 */
record S3Bucket(S3Client client, S3Address address) {
    static final int NOT_FOUND = 404;
    static final int CHANGED = 412;

    /** Asks it; all that goes wrong is an exception of files. */
    <T> T ask(Function<S3Client, T> question) throws IOException {
        try {
            return question.apply(client);
        } catch (SdkException e) {
            throw away(e);
        }
    }

    String name() {
        return address.bucket();
    }

    BlobsAwayException away(SdkException e) {
        return new BlobsAwayException("%s: %s".formatted(address, words(e)), e);
    }

    /** What went wrong, in one line, without the library's own marks. */
    static String words(SdkException e) {
        if (e instanceof S3Exception s3) {
            return "%d %s".formatted(s3.statusCode(), code(s3)).strip();
        }
        Throwable root = e;
        while (e instanceof SdkClientException && root.getCause() != null) {
            root = root.getCause();
        }
        String text = String.valueOf(root.getMessage()).lines().findFirst().orElse("");
        return root == e ? text : root.getClass().getSimpleName() + ": " + text;
    }

    /** Answers to HEAD have no code. */
    private static String code(S3Exception e) {
        String code = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorCode();
        return code == null ? "" : code;
    }
}
