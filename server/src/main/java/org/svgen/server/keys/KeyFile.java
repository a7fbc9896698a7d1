package org.svgen.server.keys;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.svgen.files.Reasons;
import org.svgen.files.Staged;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;

/**
 * The keys of a file, one line each; empty lines and lines that begin with {@code #} mean nothing.
 * The file is read again when it has changed. What is wrong in it then is told, and the other lines
 * hold; a file that is gone opens to nobody.
 */
public final class KeyFile implements Keys {
    private final Path file;
    private final Consumer<String> notes;
    private volatile Read read;

    /** What the file held, and by what a change of it shows. */
    private record Read(Version version, List<Key> keys) {}

    private record Version(Object modified, long size, Object inode) {
        static final Version GONE = new Version("", -1, "");
    }

    private KeyFile(Path file, Consumer<String> notes, Read read) {
        this.file = file;
        this.notes = notes;
        this.read = read;
    }

    /**
     * {@return the keys of a file}
     *
     * @param file that holds them
     * @param notes told in one line what is wrong when the file is read again
     * @throws BadInputException if it cannot be read, or a line is wrong
     */
    public static KeyFile of(Path file, Consumer<String> notes) {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(notes, "notes");
        List<String> wrong = new ArrayList<>();
        KeyFile keys = new KeyFile(file, notes, read(file, wrong::add));
        if (!wrong.isEmpty()) {
            throw new BadInputException(wrong.getFirst());
        }
        return keys;
    }

    private static Read read(Path file, Consumer<String> wrong) {
        Version version = version(file);
        List<Key> keys = new ArrayList<>();
        try {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i).strip();
                if (line.isEmpty() || line.startsWith("#")) {
                    continue;
                }
                try {
                    keys.add(Key.parse(line));
                } catch (BadInputException e) {
                    wrong.accept("%s, line %d: %s".formatted(file, i + 1, e.getMessage()));
                }
            }
        } catch (IOException e) {
            wrong.accept("cannot read the keys in %s: %s".formatted(file, Reasons.of(e)));
        }
        return new Read(version, List.copyOf(keys));
    }

    private static Version version(Path file) {
        try {
            BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
            return new Version(
                    found.lastModifiedTime(),
                    found.size(),
                    Objects.requireNonNullElse(found.fileKey(), ""));
        } catch (IOException e) {
            return Version.GONE;
        }
    }

    @Override
    public boolean asked() {
        return true;
    }

    @Override
    public Optional<Caller> caller(String key) {
        byte[] hash = Key.hashOf(key);
        Optional<Caller> found = Optional.empty();
        // Goes through all of them, so that time does not tell which one came near.
        for (Key known : keys()) {
            if (known.matches(hash)) {
                found = Optional.of(known.caller());
            }
        }
        return found;
    }

    private List<Key> keys() {
        if (!version(file).equals(read.version())) {
            reread();
        }
        return read.keys();
    }

    private synchronized void reread() {
        if (!version(file).equals(read.version())) {
            read = read(file, notes);
        }
    }

    /**
     * Adds a key to a file, which is made if it is missing, readable by its owner alone.
     *
     * @param file that holds keys
     * @param key to add
     * @throws SvgenException if it cannot be written
     */
    public static void add(Path file, NewKey key) {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(key, "key");
        Set<StandardOpenOption> options =
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(file, options, ownersAlone());
                var _ = channel.lock()) {
            boolean joined = channel.size() == 0 || last(channel) == '\n';
            String line = (joined ? "" : "\n") + key.line() + "\n";
            ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
            channel.position(channel.size());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        } catch (IOException e) {
            throw new SvgenException(
                    "cannot write the key to %s: %s".formatted(file, Reasons.of(e)), e);
        }
    }

    /**
     * A line of a file, without what tells the key.
     *
     * @param name of the key
     * @param scopes what it may do
     */
    public record Line(String name, Set<Scope> scopes) {}

    /**
     * {@return the keys of a file, in its order}
     *
     * @param file that holds keys
     * @throws BadInputException if it cannot be read, or a line is wrong
     */
    public static List<Line> list(Path file) {
        return of(file, _ -> {}).read.keys().stream()
                .map(key -> new Line(key.name(), key.scopes()))
                .toList();
    }

    /**
     * Removes the keys of a name; all else in the file stays.
     *
     * @param file that holds keys
     * @param name of the keys
     * @return whether there was one
     * @throws BadInputException if the file cannot be read, or a line is wrong
     * @throws SvgenException if it cannot be written
     */
    public static boolean revoke(Path file, String name) {
        Objects.requireNonNull(name, "name");
        if (list(file).stream().noneMatch(line -> line.name().equals(name))) {
            return false;
        }
        try {
            List<String> kept =
                    Files.readAllLines(file).stream()
                            .filter(line -> !line.strip().startsWith(name + ":"))
                            .toList();
            Staged.write(
                    file,
                    temporary -> {
                        Files.createFile(temporary, ownersAlone());
                        Files.write(temporary, kept);
                    });
            return true;
        } catch (IOException e) {
            throw new SvgenException(
                    "cannot write the keys to %s: %s".formatted(file, Reasons.of(e)), e);
        }
    }

    private static byte last(FileChannel channel) throws IOException {
        ByteBuffer last = ByteBuffer.allocate(1);
        channel.read(last, channel.size() - 1);
        return last.get(0);
    }

    private static FileAttribute<?>[] ownersAlone() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }
}
