package org.svgen.server.blob;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Files of jobs. A file is there with all its bytes or not at all, and when {@code put} has
 * returned, neither a kill nor a power cut undoes it. Thread-safe.
 *
 * <p>All methods throw {@link BlobsAwayException} where the files are on another machine that does
 * not answer; then it is worth to try again.
 */
public interface Blobs extends AutoCloseable {
    /**
     * Keeps what a stream holds, in place of what was there.
     *
     * @param key its name
     * @param content read to its end; not closed
     * @return its length in bytes
     * @throws IOException if it cannot be read or written; then all is as before
     */
    long put(BlobKey key, InputStream content) throws IOException;

    /**
     * Keeps a file, in place of what was there. The file itself is moved if that can be done, else
     * copied and removed.
     *
     * @param key its name
     * @param file on this machine
     * @return its length in bytes
     * @throws IOException if it cannot be read or written; then all is as before
     */
    long put(BlobKey key, Path file) throws IOException;

    /**
     * {@return the file, open; none if there is none}
     *
     * @param key its name
     * @throws IOException if it cannot be opened
     */
    Optional<Blob> open(BlobKey key) throws IOException;

    /**
     * {@return its length in bytes; none if there is none}
     *
     * @param key its name
     * @throws IOException if that cannot be told
     */
    OptionalLong size(BlobKey key) throws IOException;

    /**
     * Removes a file, if it is there.
     *
     * @param key its name
     * @throws IOException if it cannot be removed
     */
    void delete(BlobKey key) throws IOException;

    /**
     * Removes all files of a folder, if there are any.
     *
     * @param folder as {@link BlobKey#folder} gives it
     * @throws IOException if one cannot be removed
     */
    void deleteAll(String folder) throws IOException;

    /**
     * {@return names of all files below a folder, sorted}
     *
     * @param folder as {@link BlobKey#folder} gives it, or {@code jobs}
     * @throws IOException if they cannot be listed
     */
    List<BlobKey> list(String folder) throws IOException;

    /**
     * {@return bytes that can still be written; none if nobody can tell}
     *
     * @throws IOException if the place cannot be reached
     */
    OptionalLong free() throws IOException;

    /** {@return the folder that they are in; none if they are not in one} */
    Optional<Path> folder();

    @Override
    void close();
}
