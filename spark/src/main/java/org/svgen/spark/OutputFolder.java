package org.svgen.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * Where results lie: a folder that driver and executors see, of any file system that Hadoop knows.
 * Every file comes by its name at once or not at all: it is written under another name and renamed.
 * A result is {@code KEY.mp4} and {@code KEY.json}; the second comes last, so that where it is, all
 * is. What is unfinished lies in {@code _svgen}, which Spark takes for no data.
 */
final class OutputFolder {
    static final String VIDEO = ".mp4";
    static final String REPORT = ".json";
    private static final String OWN = "_svgen";
    private static final String TEMPORARY = OWN + "/temporary";
    private static final Pattern DONE = Pattern.compile("([0-9a-f]{64})\\.json");
    private static final int PIECE = 1 << 20;

    private final FileSystem files;
    private final Path folder;

    /** What a file holds. */
    @FunctionalInterface
    interface Content {
        void write(OutputStream out) throws IOException;
    }

    private OutputFolder(FileSystem files, Path folder) {
        this.files = files;
        this.folder = folder;
    }

    /**
     * A folder, which need not be there.
     *
     * @param address such as {@code s3a://bucket/videos} or {@code /shared/videos}
     * @param hadoop what is known of file systems
     */
    static OutputFolder of(String address, Configuration hadoop) throws IOException {
        Path path = new Path(address);
        FileSystem found = path.getFileSystem(hadoop);
        // Without the checksums that would lie beside each file.
        FileSystem files =
                found instanceof LocalFileSystem local ? local.getRawFileSystem() : found;
        return new OutputFolder(files, files.makeQualified(path));
    }

    /** Makes it. */
    void make() throws IOException {
        files.mkdirs(new Path(folder, OWN));
    }

    /** Its address, the same for everybody. */
    String address() {
        return folder.toString();
    }

    /** The address of a file. */
    String address(String name) {
        return path(name).toString();
    }

    private Path path(String name) {
        return new Path(folder, name);
    }

    /** Keys of the results that are there, by one listing. */
    Set<String> done() throws IOException {
        Set<String> keys = new HashSet<>();
        try {
            // Not listFiles: for a local folder that starts a process for each file's permissions.
            RemoteIterator<FileStatus> all = files.listStatusIterator(folder);
            while (all.hasNext()) {
                FileStatus file = all.next();
                Matcher name = DONE.matcher(file.getPath().getName());
                if (name.matches() && file.getLen() > 0) {
                    keys.add(name.group(1));
                }
            }
        } catch (FileNotFoundException e) {
            // Nobody has made it yet.
        }
        return keys;
    }

    /** A file of this folder that is no result. */
    static String own(String name) {
        return OWN + "/" + name;
    }

    /** Writes a file, in place of what was there. */
    void write(String name, String writer, Content content) throws IOException {
        Path part = new Path(path(TEMPORARY), writer + "/" + name.replace('/', '.'));
        try (OutputStream out = files.create(part, true)) {
            content.write(out);
        } catch (IOException | RuntimeException e) {
            files.delete(part, false);
            throw e;
        }
        replace(part, path(name));
    }

    /** Some file systems do not rename onto what is there: then that goes first. */
    private void replace(Path part, Path target) throws IOException {
        if (renamed(part, target)) {
            return;
        }
        files.delete(target, false);
        if (!renamed(part, target) && !files.exists(target)) {
            throw new IOException("%s: it could not be renamed to %s".formatted(part, target));
        }
        files.delete(part, false); // another attempt was faster, with the same bytes
    }

    private boolean renamed(Path part, Path target) throws IOException {
        try {
            return files.rename(part, target);
        } catch (org.apache.hadoop.fs.FileAlreadyExistsException e) {
            return false;
        }
    }

    /** Writes a file of this machine. */
    void write(String name, String writer, java.nio.file.Path local) throws IOException {
        write(name, writer, out -> java.nio.file.Files.copy(local, out));
    }

    /** Writes a short text. */
    void write(String name, String writer, String text) throws IOException {
        write(name, writer, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** A short text, if it is there. */
    Optional<String> read(String name) throws IOException {
        try (InputStream in = files.open(path(name))) {
            return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (FileNotFoundException e) {
            return Optional.empty();
        }
    }

    /** Copies a file to this machine, if it is there. */
    Optional<java.nio.file.Path> fetch(String name, java.nio.file.Path local) throws IOException {
        try (InputStream in = files.open(path(name))) {
            java.nio.file.Files.copy(in, local, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            return Optional.of(local);
        } catch (FileNotFoundException e) {
            return Optional.empty();
        }
    }

    /** Removes a file, if it is there. */
    void delete(String name) throws IOException {
        files.delete(path(name), false);
    }

    /** Removes what writers of one application left behind that were killed. */
    void deleteTemporary(String application) {
        try {
            files.delete(new Path(path(TEMPORARY), application), true);
            Path all = path(TEMPORARY);
            if (files.exists(all) && files.listStatus(all).length == 0) {
                files.delete(all, false);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The bytes of any file that Hadoop finds, piece by piece. */
    static void read(String address, Configuration hadoop, OutputStream to) throws IOException {
        Path path = new Path(address);
        try (InputStream in = path.getFileSystem(hadoop).open(path)) {
            byte[] piece = new byte[PIECE];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                to.write(piece, 0, count);
            }
        }
    }
}
