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

    private static final String OTHER_REGION = "AuthorizationHeaderMalformed";

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
            String found = S3Bucket.words(e);
            if (!(e instanceof S3Exception s3)) {
                return "expected %s to answer, found %s".formatted(where, found);
            }
            boolean elsewhere = s3.statusCode() / 100 == 3 || found.endsWith(OTHER_REGION);
            boolean forbidden = s3.statusCode() == 401 || s3.statusCode() == 403;
            if (e instanceof NoSuchBucketException) {
                return "expected a bucket %s at %s, found none; make it first"
                        .formatted(address.bucket(), where);
            } else if (elsewhere) {
                return "expected the bucket's own region, found another (%s); give ?region=NAME or AWS_REGION"
                        .formatted(found);
            } else if (forbidden) {
                return "expected keys that may %s in the bucket %s at %s, found %s"
                        .formatted(what, address.bucket(), where, found);
            }
            return "expected %s to %s as S3 does, found %s".formatted(where, what, found);
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
        } catch (SdkException e) {
            // Not every server can tell, and not every key may ask; a rule of the bucket does it.
        }
    }
}
