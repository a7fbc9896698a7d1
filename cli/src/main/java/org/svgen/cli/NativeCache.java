package org.svgen.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import org.svgen.files.Reasons;
import org.svgen.files.Scratch;
import org.svgen.tensor.BadInputException;

/**
 * Where libraries unpack their native code, and load it from: a folder of ours that nobody else can
 * write to, rather than folders of their own. What others could have put there is never loaded.
 */
final class NativeCache {
    private static final String JAVACPP = "org.bytedeco.javacpp.cachedir";
    private static final String DJL = "DJL_CACHE_DIR";
    private static final String SQLITE = "org.sqlite.tmpdir";

    /** All names under which the libraries look. */
    private static final List<String> JAVACPP_NAMES =
            List.of(JAVACPP, "org.bytedeco.javacpp.cacheDir");

    private static final List<String> DJL_NAMES = List.of(DJL, "ENGINE_CACHE_DIR");
    private static final List<String> SQLITE_NAMES = List.of(SQLITE);

    private final Map<String, String> variables;
    private final Properties properties;
    private final Path cache;
    private final Trust trust;
    private final Consumer<String> notes;

    /**
     * @param home the user's folder
     * @param properties the JVM's, in which the libraries look
     * @param notes gets a line if the code must be unpacked again in every run
     */
    NativeCache(
            Map<String, String> variables,
            Path home,
            Properties properties,
            Trust trust,
            Consumer<String> notes) {
        this.variables = variables;
        this.properties = properties;
        this.trust = trust;
        this.notes = notes;
        String caches = variables.getOrDefault("XDG_CACHE_HOME", "");
        this.cache =
                (caches.startsWith("/") ? Path.of(caches) : home.resolve(".cache"))
                        .resolve("svgen/native");
    }

    /**
     * Tells the libraries, where the user has not.
     *
     * @throws BadInputException if a folder that the user has named is not safe, or none can be had
     */
    void settle() {
        boolean javacpp = !isNamed(JAVACPP_NAMES);
        boolean djl = !isNamed(DJL_NAMES);
        boolean sqlite = !isNamed(SQLITE_NAMES);
        if (javacpp || djl || sqlite) {
            Path folder = folder();
            if (javacpp) {
                properties.setProperty(JAVACPP, folder.resolve("javacpp").toString());
            }
            if (djl) {
                properties.setProperty(DJL, folder.resolve("djl").toString());
            }
            if (sqlite) {
                properties.setProperty(SQLITE, made(folder.resolve("sqlite")).toString());
            }
        }
    }

    /** This library does not make its folder itself. */
    private static Path made(Path folder) {
        try {
            make(folder);
            return folder;
        } catch (IOException e) {
            throw new BadInputException("%s: %s".formatted(folder, reason(e)), e);
        }
    }

    /** True if the user has; then that place is checked. */
    private boolean isNamed(List<String> names) {
        boolean named = false;
        for (String name : names) {
            String variable = variables.getOrDefault(name, "");
            String value = variable.isEmpty() ? properties.getProperty(name, "") : variable;
            if (!value.isEmpty()) {
                Optional<String> objection = objection(Path.of(value).toAbsolutePath());
                if (objection.isPresent()) {
                    throw new BadInputException(
                            "%s=%s: native code is loaded from there, but %s; name a folder that only you can write to"
                                    .formatted(name, value, objection.get()));
                }
                named = true;
            }
        }
        return named;
    }

    private Path folder() {
        Optional<String> objection = objection(cache);
        if (objection.isEmpty()) {
            Path real = real(cache);
            LeftUnpacked.deleteOfDjl(real.resolve("djl"));
            LeftUnpacked.deleteOfSqlite(real.resolve("sqlite"));
            return real;
        }
        Path place = Path.of(System.getProperty("java.io.tmpdir"));
        try {
            Path folder = Scratch.in(place, "svgen-native").path();
            notes.accept(
                    "native code is unpacked to a temporary folder in every run, since %s"
                            .formatted(objection.get()));
            return folder;
        } catch (IOException e) {
            throw new BadInputException(
                    "there is no place for native code: %s, and in %s nothing can be made either (%s); XDG_CACHE_HOME names another"
                            .formatted(objection.get(), place, reason(e)),
                    e);
        }
    }

    /** What was judged: a link on the way there could lead elsewhere by the time of loading. */
    private static Path real(Path folder) {
        try {
            return folder.toRealPath();
        } catch (IOException e) {
            throw new BadInputException("%s: %s".formatted(folder, reason(e)), e);
        }
    }

    /** Why {@code folder}, which is made if need be, does not do. */
    private Optional<String> objection(Path folder) {
        try {
            Files.createDirectories(folder.resolveSibling("."));
            make(folder);
            return Files.isWritable(folder)
                    ? trust.objection(folder)
                    : Optional.of("%s cannot be written".formatted(folder));
        } catch (IOException e) {
            return Optional.of("%s cannot be made (%s)".formatted(folder, reason(e)));
        }
    }

    private static void make(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        try {
            Files.createDirectory(folder, forTheOwner(folder));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
    }

    private static FileAttribute<?>[] forTheOwner(Path folder) {
        return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[] {};
    }

    /** With the name of what it is about: it may lie above what was asked for. */
    private static String reason(IOException e) {
        return e instanceof FileSystemException f
                ? "%s: %s".formatted(f.getFile(), Reasons.of(f))
                : Reasons.of(e);
    }
}
