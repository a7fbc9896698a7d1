package org.svgen.server.blob;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * Writes files. A small one goes in one request, a large one in parts, which become a file by the
 * last request; until then nobody sees them. No more than a part is held in memory, and it can be
 * sent again.
 */
record S3Upload(S3Bucket bucket) {
    /** A server takes 10,000 of them: files of 80 GB. */
    static final int PART_BYTES = 8 << 20;

    private static final String TYPE = "application/octet-stream";

    long put(String object, InputStream content) throws IOException {
        byte[] first = content.readNBytes(PART_BYTES);
        if (first.length == PART_BYTES) {
            return inParts(object, first, content);
        }
        bucket.ask(client ->
                client.putObject(put -> put.bucket(bucket.name()).key(object), body(first)));
        return first.length;
    }

    private static RequestBody body(byte[] bytes) {
        return RequestBody.fromContentProvider(
                ContentStreamProvider.fromByteArrayUnsafe(bytes), bytes.length, TYPE);
    }

    private long inParts(String object, byte[] first, InputStream rest) throws IOException {
        String id =
                bucket.ask(client ->
                        client.createMultipartUpload(
                                        create -> create.bucket(bucket.name()).key(object))
                                .uploadId());
        try {
            long bytes = 0;
            List<CompletedPart> parts = new ArrayList<>();
            byte[] next = first;
            do {
                parts.add(part(object, id, parts.size() + 1, next));
                bytes += next.length;
                next = rest.readNBytes(PART_BYTES);
            } while (next.length > 0);
            bucket.ask(client ->
                    client.completeMultipartUpload(complete ->
                            complete.bucket(bucket.name())
                                    .key(object)
                                    .uploadId(id)
                                    .multipartUpload(all -> all.parts(parts))));
            return bytes;
        } catch (IOException | RuntimeException e) {
            abort(object, id, e);
            throw e;
        }
    }

    private CompletedPart part(String object, String id, int number, byte[] bytes)
            throws IOException {
        String tag =
                bucket.ask(client ->
                        client.uploadPart(
                                        part ->
                                                part.bucket(bucket.name())
                                                        .key(object)
                                                        .uploadId(id)
                                                        .partNumber(number),
                                        body(bytes))
                                .eTag());
        return CompletedPart.builder().partNumber(number).eTag(tag).build();
    }

    private void abort(String object, String id, Exception why) {
        try {
            bucket.ask(client ->
                    client.abortMultipartUpload(
                            abort -> abort.bucket(bucket.name()).key(object).uploadId(id)));
        } catch (IOException e) {
            why.addSuppressed(e); // the parts go when a service starts a day later
        }
    }
}
