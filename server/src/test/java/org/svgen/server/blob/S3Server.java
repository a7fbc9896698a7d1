package org.svgen.server.blob;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** A real server of S3 for tests, with a bucket in memory, which outlives its stops. */
public final class S3Server implements AutoCloseable {
    public static final String BUCKET = "videos";
    private static final String KEY = "svgen-test";
    private static final String SECRET = "not a secret";
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private final Disturbed store = new Disturbed();
    private S3Proxy proxy;
    private int port;

    /** What the server has, and what goes wrong with it. */
    private static final class Disturbed extends ForwardingBlobStore {
        final AtomicInteger breaks = new AtomicInteger(); // of streams, still to come
        final AtomicLong received = new AtomicLong(); // bytes of parts
        volatile Duration age = Duration.ZERO; // of uploads

        Disturbed() {
            super(new TransientNio2BlobStore());
        }

        BlobStore real() {
            return delegate();
        }

        @Override
        public ResponseInputStream<GetObjectResponse> getBlob(GetObjectRequest request) {
            ResponseInputStream<GetObjectResponse> whole = atOneMoment(request);
            boolean breaks = this.breaks.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
            return breaks
                    ? new ResponseInputStream<>(whole.response(), new HalfStream(whole))
                    : whole;
        }

        /** S3Proxy asks its disk several times; with other servers nobody comes between. */
        private synchronized ResponseInputStream<GetObjectResponse> atOneMoment(
                GetObjectRequest request) {
            return super.getBlob(request);
        }

        @Override
        public synchronized HeadObjectResponse blobMetadata(HeadObjectRequest request) {
            return super.blobMetadata(request);
        }

        @Override
        public synchronized PutObjectResponse putBlob(
                PutObjectRequest request, InputStream content) {
            return super.putBlob(request, content);
        }

        @Override
        public UploadPartResponse uploadMultipartPart(
                org.gaul.s3proxy.blobstore.domain.MultipartUpload upload,
                UploadPartRequest part,
                InputStream content) {
            UploadPartResponse response = super.uploadMultipartPart(upload, part, content);
            received.addAndGet(part.contentLength());
            return response;
        }

        @Override
        public List<MultipartUpload> listMultipartUploads(String bucket) {
            return super.listMultipartUploads(bucket).stream()
                    .map(upload -> upload.toBuilder().initiated(Instant.now().minus(age)).build())
                    .toList();
        }
    }

    /** Breaks off after a few bytes. */
    private static final class HalfStream extends FilterInputStream {
        private int left = 100_000;

        HalfStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0) {
                throw new IOException("the disk of the server is gone");
            }
            int count = super.read(bytes, offset, Math.min(left, length));
            left -= Math.max(0, count);
            return count;
        }
    }

    /** Starts one; its keys are those of this JVM until it is closed. */
    public S3Server() {
        System.setProperty("aws.accessKeyId", KEY);
        System.setProperty("aws.secretAccessKey", SECRET);
        System.setProperty("aws.disableEc2Metadata", "true");
        start();
        store.real().createContainer(BUCKET);
    }

    /** Starts it again, where it was. */
    public void start() {
        try {
            proxy =
                    S3Proxy.builder()
                            .blobStore(store)
                            .endpoint(URI.create("http://127.0.0.1:" + port))
                            .awsAuthentication(AuthenticationType.AWS_V4, KEY, SECRET)
                            .stopTimeout(0)
                            .build();
            proxy.start();
            port = proxy.getPort();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Nobody answers from now on. */
    public void stop() {
        try {
            proxy.stop();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** A place in its bucket that nobody has used. */
    public String place() {
        return place(BUCKET + "/test" + PREFIXES.incrementAndGet());
    }

    public String place(String path) {
        return "s3://%s?endpoint=http://127.0.0.1:%d".formatted(path, port);
    }

    /** Puts a small file there by the back door. */
    void fill(String object) {
        byte[] content = "x".getBytes(StandardCharsets.UTF_8);
        store.real()
                .putBlob(
                        PutObjectRequest.builder()
                                .bucket(BUCKET)
                                .key(object)
                                .contentLength((long) content.length)
                                .build(),
                        new ByteArrayInputStream(content));
    }

    /** The next answers with files break off behind a few bytes. */
    void breakStreams(int count) {
        store.breaks.set(count);
    }

    /** Uploads look as if they had begun so long ago. */
    void ageUploads(Duration age) {
        store.age = age;
    }

    int uploads() {
        return store.real().listMultipartUploads(BUCKET).size();
    }

    /** Bytes of parts that it has taken. */
    long received() {
        return store.received.get();
    }

    @Override
    public void close() {
        stop();
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
        System.clearProperty("aws.disableEc2Metadata");
    }
}
