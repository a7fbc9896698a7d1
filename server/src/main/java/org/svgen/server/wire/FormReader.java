package org.svgen.server.wire;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.fileupload2.core.AbstractFileUpload;
import org.apache.commons.fileupload2.core.DiskFileItem;
import org.apache.commons.fileupload2.core.DiskFileItemFactory;
import org.apache.commons.fileupload2.core.FileItemInput;
import org.apache.commons.fileupload2.core.FileItemInputIterator;
import org.apache.commons.fileupload2.core.FileUploadException;
import org.apache.commons.fileupload2.core.FileUploadSizeException;
import org.apache.commons.fileupload2.core.RequestContext;

/** Reads multipart/form-data as it comes: texts into memory, files into temporary files. */
final class FormReader {
    private final BodyLimits limits;
    private final Spool spool;

    private final Map<String, Object> fields = new LinkedHashMap<>();
    private final Map<String, Upload> files = new LinkedHashMap<>();
    private int count;
    private long textBytes;

    FormReader(BodyLimits limits, Spool spool) {
        this.limits = limits;
        this.spool = spool;
    }

    /**
     * @param contentType with its boundary
     * @param length of the body; -1 if it is not known
     */
    Body read(String contentType, long length, InputStream body) throws IOException {
        try {
            FileItemInputIterator items =
                    new Parts(limits.fileBytes())
                            .getItemIterator(new Context(contentType, length, body));
            while (items.hasNext()) {
                take(items.next());
            }
        } catch (FileUploadSizeException e) {
            throw BodyReader.tooLarge(limits.fileBytes());
        } catch (FileUploadException e) {
            // The library wraps what its own limit throws.
            throw e.getCause() instanceof FileUploadSizeException
                    ? BodyReader.tooLarge(limits.fileBytes())
                    : broken();
        }
        if (count == 0) {
            throw broken(); // with another boundary there is none to be found
        }
        return new Body(fields, files);
    }

    private static Refusal broken() {
        return new Refusal(
                Problem.body("the body is no multipart/form-data with the boundary of its header"));
    }

    private void take(FileItemInput item) throws IOException {
        String name = item.getFieldName();
        if (++count > limits.fields()) {
            throw new Refusal(
                    Problem.body("the form has more than %d fields".formatted(limits.fields())));
        }
        try (InputStream content = item.getInputStream()) {
            if (item.isFormField()) {
                FormNames.put(fields, name, text(content));
            } else if (files.put(name, spool.keep(content)) != null) {
                throw new Refusal(Problem.value(name, "%s: it is there twice".formatted(name)));
            }
        }
    }

    private String text(InputStream content) throws IOException {
        byte[] bytes = content.readNBytes((int) (limits.plainBytes() - textBytes + 1));
        textBytes += bytes.length;
        if (textBytes > limits.plainBytes()) {
            throw BodyReader.tooLarge(limits.plainBytes());
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** What the library wants to know of a request. */
    private record Context(String contentType, long length, InputStream body)
            implements RequestContext {
        @Override
        public String getCharacterEncoding() {
            return StandardCharsets.UTF_8.name();
        }

        @Override
        public Charset getCharset() {
            return StandardCharsets.UTF_8;
        }

        @Override
        public long getContentLength() {
            return length;
        }

        @Override
        public String getContentType() {
            return contentType;
        }

        @Override
        public InputStream getInputStream() {
            return body;
        }

        @Override
        public boolean isMultipartRelated() {
            return false;
        }
    }

    /** The library's parser of parts; its ways to keep them are of no use here. */
    private static final class Parts
            extends AbstractFileUpload<Context, DiskFileItem, DiskFileItemFactory> {
        Parts(long mostBytes) {
            setSizeMax(mostBytes);
            setHeaderCharset(StandardCharsets.UTF_8);
        }

        @Override
        public FileItemInputIterator getItemIterator(Context request) throws IOException {
            return super.getItemIterator((RequestContext) request);
        }

        @Override
        public Map<String, List<DiskFileItem>> parseParameterMap(Context request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<DiskFileItem> parseRequest(Context request) {
            throw new UnsupportedOperationException();
        }
    }
}
