package org.svgen.server.webhook;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.svgen.files.Reasons;
import org.svgen.files.Staged;
import org.svgen.tensor.BadInputException;

/**
 * The secrets in a file, one a line: two while one is being changed, and then both sign. The file
 * is read again when it changes. Thread-safe.
 */
public final class Secrets {
    /** The file that is made where nobody names one. */
    private static final String NAME = "webhook-secret";

    private static final int MOST = 2;

    private final Path file;
    private List<Secret> secrets;
    private FileTime changed;

    private Secrets(Path file) throws IOException {
        this.file = file;
        this.changed = Files.getLastModifiedTime(file);
        this.secrets = read();
    }

    /**
     * Reads a file of secrets.
     *
     * @param file a secret a line; lines that are empty or begin with {@code #} are passed over
     * @return the secrets
     * @throws BadInputException if it cannot be read, or holds none, or something else
     */
    public static Secrets of(Path file) {
        Objects.requireNonNull(file, "file");
        try {
            return new Secrets(file);
        } catch (IOException e) {
            throw new BadInputException("%s: %s".formatted(file, Reasons.of(e)), e);
        }
    }

    /**
     * The secrets of a service: of its own file, which is made with a new secret if it is not
     * there.
     *
     * @param dataFolder of the service
     * @return the secrets
     */
    public static Secrets ofService(Path dataFolder) {
        Path file = dataFolder.resolve(NAME);
        if (!Files.exists(file)) {
            Staged.write(
                    file,
                    temporary -> {
                        Files.writeString(temporary, Secret.random() + "\n");
                        if (Files.getFileStore(temporary).supportsFileAttributeView("posix")) {
                            Files.setPosixFilePermissions(
                                    temporary, PosixFilePermissions.fromString("rw-------"));
                        }
                    });
        }
        return of(file);
    }

    private List<Secret> read() throws IOException {
        List<Secret> read = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            number++;
            if (!line.isBlank() && !line.startsWith("#")) {
                try {
                    read.add(Secret.parse(line.strip()));
                } catch (BadInputException e) {
                    throw new BadInputException(
                            "%s, line %d: %s".formatted(file, number, e.getMessage()), e);
                }
            }
        }
        if (read.isEmpty() || read.size() > MOST) {
            throw new BadInputException(
                    "%s: expected one secret, or two while one is changed, found %d"
                            .formatted(file, read.size()));
        }
        return read;
    }

    /** The secrets of now: those of before while the file cannot be read. */
    private synchronized List<Secret> current() {
        try {
            FileTime now = Files.getLastModifiedTime(file);
            if (!now.equals(changed)) {
                secrets = read();
                changed = now;
            }
        } catch (IOException | BadInputException e) {
            // Somebody is writing it; the next news look again.
        }
        return secrets;
    }

    /** The signature of news, one by each secret, with spaces between them. */
    String sign(String id, long timestamp, byte[] body) {
        byte[] begin = "%s.%d.".formatted(id, timestamp).getBytes(StandardCharsets.UTF_8);
        byte[] signed = new byte[begin.length + body.length];
        System.arraycopy(begin, 0, signed, 0, begin.length);
        System.arraycopy(body, 0, signed, begin.length, body.length);
        return current().stream()
                .map(secret -> secret.sign(signed))
                .collect(Collectors.joining(" "));
    }
}
