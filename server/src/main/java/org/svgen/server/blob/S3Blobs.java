package org.svgen.server.blob;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Files of jobs in a bucket of S3, or of a server that speaks it. */
final class S3Blobs implements Blobs {
    private final S3Bucket bucket;
    private final S3Upload upload;

    S3Blobs(S3Bucket bucket) {
        this.bucket = bucket;
        this.upload = new S3Upload(bucket);
    }

    @Override
    public long put(BlobKey key, InputStream content) throws IOException {
        Objects.requireNonNull(content, "content");
        return upload.put(object(key), content);
    }

    @Override
    public long put(BlobKey key, Path file) throws IOException {
        long bytes;
        try (InputStream content = Files.newInputStream(file)) {
            bytes = upload.put(object(key), content);
        }
        Files.delete(file);
        return bytes;
    }

    private String object(BlobKey key) {
        return bucket.address().object(key.value());
    }

    @Override
    public Optional<Blob> open(BlobKey key) throws IOException {
        return head(key)
                .map(head -> new S3Blob(bucket, object(key), head.eTag(), head.contentLength()));
    }

    @Override
    public OptionalLong size(BlobKey key) throws IOException {
        Optional<HeadObjectResponse> head = head(key);
        return head.isPresent()
                ? OptionalLong.of(head.get().contentLength())
                : OptionalLong.empty();
    }

    private Optional<HeadObjectResponse> head(BlobKey key) throws IOException {
        return bucket.ask(client -> {
            try {
                return Optional.of(
                        client.headObject(head -> head.bucket(bucket.name()).key(object(key))));
            } catch (S3Exception e) {
                if (e.statusCode() == S3Bucket.NOT_FOUND) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    @Override
    public void delete(BlobKey key) throws IOException {
        deleteObject(object(key));
    }

    private void deleteObject(String object) throws IOException {
        bucket.ask(
                client -> client.deleteObject(delete -> delete.bucket(bucket.name()).key(object)));
    }

    /** One by one: a job has few files, and the request for many is not the same everywhere. */
    @Override
    public void deleteAll(String folder) throws IOException {
        for (String object : objects(new BlobKey(folder))) {
            deleteObject(object);
        }
    }

    /** What others keep there under names that are none of ours is left out. */
    @Override
    public List<BlobKey> list(String folder) throws IOException {
        return objects(new BlobKey(folder)).stream()
                .map(bucket.address()::name)
                .filter(BlobKey::isKey)
                .sorted()
                .map(BlobKey::new)
                .toList();
    }

    private List<String> objects(BlobKey folder) throws IOException {
        return bucket.ask(client ->
                client
                        .listObjectsV2Paginator(
                                list -> list.bucket(bucket.name()).prefix(object(folder) + "/"))
                        .contents()
                        .stream()
                        .map(object -> object.key())
                        .toList());
    }

    @Override
    public OptionalLong free() {
        return OptionalLong.empty();
    }

    @Override
    public Optional<Path> folder() {
        return Optional.empty();
    }

    @Override
    public void close() {
        bucket.client().close();
    }

    @Override
    public String toString() {
        return bucket.address().toString();
    }
}
