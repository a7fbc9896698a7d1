package org.svgen.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where libraries unpack their native code: below one folder of ours, rather than in folders of
 * their own in the user's home.
 */
final class NativeCache {
    private static final String JAVACPP = "org.bytedeco.javacpp.cachedir";
    private static final String JAVACPP_TOO = "org.bytedeco.javacpp.cacheDir";
    private static final String DJL = "DJL_CACHE_DIR";

    private final Map<String, String> variables;
    private final Properties properties;
    private final Path cache;

    /**
     * @param home the user's folder
     * @param properties the JVM's, in which the libraries look
     */
    NativeCache(Map<String, String> variables, Path home, Properties properties) {
        this.variables = variables;
        this.properties = properties;
        String caches = variables.getOrDefault("XDG_CACHE_HOME", "");
        this.cache =
                (caches.startsWith("/") ? Path.of(caches) : home.resolve(".cache"))
                        .resolve("svgen");
    }

    /** Tells the libraries, where the user has not. Makes no folder but a temporary one. */
    void settle() {
        boolean javacpp = !isSet(JAVACPP) && !isSet(JAVACPP_TOO);
        boolean djl = !isSet(DJL);
        Path folder = !javacpp && !djl ? null : canBeWritten(cache) ? cache : temporary();
        if (folder == null) {
            return; // or nowhere: they look for a place themselves
        }
        if (javacpp) {
            properties.setProperty(JAVACPP, folder.resolve("javacpp").toString());
        }
        if (djl) {
            properties.setProperty(DJL, folder.resolve("djl").toString());
        }
    }

    private boolean isSet(String name) {
        return !variables.getOrDefault(name, "").isEmpty()
                || !properties.getProperty(name, "").isEmpty();
    }

    private static boolean canBeWritten(Path folder) {
        for (Path at = folder.toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at)) {
                return Files.isDirectory(at) && Files.isWritable(at);
            }
        }
        return false;
    }

    private static @Nullable Path temporary() {
        try {
            Path made = Files.createTempDirectory("svgen-native");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(made)));
            return made;
        } catch (IOException e) {
            return null;
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // It lies where the system clears up.
        }
    }
}
