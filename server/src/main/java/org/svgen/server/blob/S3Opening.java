package org.svgen.server.blob;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.svgen.tensor.BadInputException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Opens a bucket: looks whether all can be done there that a service will do. */
final class S3Opening {
    /** What is this old was left by a process that died; no upload takes so long. */
    private static final Duration LEFT_OVER = Duration.ofDays(1);

    private S3Opening() {}

    static S3Blobs open(S3Address address) {
        return open(address, System.getenv());
    }

    static S3Blobs open(S3Address address, Map<String, String> variables) {
        S3Client client = S3Clients.of(address, variables);
        try {
            new Trial(address, client, where(address, variables)).run();
            S3Bucket bucket = new S3Bucket(client, address);
            removeLeftovers(bucket);
            return new S3Blobs(bucket);
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    private static String where(S3Address address, Map<String, String> variables) {
        return S3Clients.endpoint(address, variables).map(URI::toString).orElse("Amazon S3");
    }

    /** What all services do to a bucket, once. */
    private record Trial(S3Address address, S3Client client, String where) {
        void run() {
            String bucket = address.bucket();
            String key = address.object(UUID.randomUUID() + ".try");
            doing(
                    "list",
                    () ->
                            client.listObjectsV2(list ->
                                    list.bucket(bucket)
                                            .prefix(address.object("jobs/"))
                                            .maxKeys(1)));
            doing(
                    "write",
                    () ->
                            client.putObject(
                                    put -> put.bucket(bucket).key(key),
                                    RequestBody.fromString("svgen")));
            doing("read", () -> client.headObject(head -> head.bucket(bucket).key(key)));
            doing("delete", () -> client.deleteObject(delete -> delete.bucket(bucket).key(key)));
        }

        private void doing(String what, Runnable action) {
            try {
                action.run();
            } catch (SdkException e) {
                throw new BadInputException(
                        "%s: files of jobs cannot be kept there: %s"
                                .formatted(address, reason(what, e)),
                        e);
            }
        }

        private String reason(String what, SdkException e) {
            return switch (e) {
                case NoSuchBucketException _ ->
                        "expected a bucket %s at %s, found none; make it first"
                                .formatted(address.bucket(), where);
                case S3Exception s3 when s3.statusCode() == 301 || s3.statusCode() == 307 ->
                        "expected the bucket's own region, found another; give ?region=NAME or AWS_REGION";
                case S3Exception s3 when s3.statusCode() < 500 ->
                        "expected keys that may %s in the bucket %s at %s, found %s"
                                .formatted(what, address.bucket(), where, S3Bucket.words(s3));
                case S3Exception s3 ->
                        "expected %s to work, found %s".formatted(where, S3Bucket.words(s3));
                default -> "expected %s to answer, found %s".formatted(where, S3Bucket.words(e));
            };
        }
    }

    /** Parts of files that were never finished are paid for, though nobody sees them. */
    private static void removeLeftovers(S3Bucket bucket) {
        Instant limit = Instant.now().minus(LEFT_OVER);
        String name = bucket.name();
        try {
            for (MultipartUpload upload :
                    bucket.client()
                            .listMultipartUploadsPaginator(list ->
                                    list.bucket(name).prefix(bucket.address().object("jobs/")))
                            .uploads()) {
                if (upload.initiated().isBefore(limit)) {
                    bucket.client()
                            .abortMultipartUpload(abort ->
                                    abort.bucket(name)
                                            .key(upload.key())
                                            .uploadId(upload.uploadId()));
                }
            }
        } catch (S3Exception e) {
            // Not every server can tell, and not every key may ask; a rule of the bucket does it.
        }
    }
}
