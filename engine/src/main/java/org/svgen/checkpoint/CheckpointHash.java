package org.svgen.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Names a checkpoint by its content. */
final class CheckpointHash {
    private static final int BUFFER = 1 << 20;

    private CheckpointHash() {}

    /**
     * @param known hashes of files, which stay the same while they are open; takes more
     * @param asked before each piece is read, by any thread; throws to end it all
     */
    static String of(
            ModelSpec spec,
            Collection<String> components,
            Map<Path, String> known,
            Runnable asked) {
        // Files in parallel: hashing, not the disk, is what takes time.
        String lines =
                named(spec, components).entrySet().parallelStream()
                        .map(e -> hashOf(e.getValue(), known, asked) + "  " + e.getKey() + "\n")
                        .sorted((a, b) -> a.substring(64).compareTo(b.substring(64)))
                        .collect(Collectors.joining());
        MessageDigest digest = sha256();
        return HexFormat.of().formatHex(digest.digest(lines.getBytes(StandardCharsets.UTF_8)));
    }

    /** The files that a model is made of; of a part outside the folder only its configuration. */
    private static Map<String, Path> named(ModelSpec spec, Collection<String> components) {
        Path folder = spec.folder();
        Map<String, Path> named = new TreeMap<>();
        for (Path file : files(folder, components)) {
            String name = name(folder, file);
            PartFile part = spec.parts().get(name.replaceFirst("/.*", ""));
            if (part == null || name.endsWith("/config.json")) {
                named.put(name, file);
            }
        }
        spec.parts()
                .forEach((component, part) ->
                        part.files()
                                .forEach(file ->
                                        named.put(component + "=" + file.getFileName(), file)));
        for (int i = 0; i < spec.adapters().size(); i++) {
            AdapterFile adapter = spec.adapters().get(i);
            named.put("adapter %d=%s".formatted(i, adapter.words()), adapter.path());
        }
        return named;
    }

    static List<Path> files(Path folder, Collection<String> components) {
        List<Path> files = new ArrayList<>(List.of(folder.resolve(ModelFiles.INDEX)));
        components.forEach(c -> files.addAll(readable(folder.resolve(c))));
        return files;
    }

    /** What nobody here can read was no part of a model that was run here. */
    private static List<Path> readable(Path component) {
        return Files.isReadable(component)
                ? Untrusted.filesIn(component).stream().filter(Files::isReadable).toList()
                : List.of();
    }

    private static String name(Path folder, Path file) {
        return folder.relativize(file).toString().replace('\\', '/');
    }

    private static String hashOf(Path file, Map<Path, String> known, Runnable asked) {
        String before = known.get(file);
        if (before != null) {
            return before;
        }
        String hash = hashOf(file, asked);
        known.put(file, hash);
        return hash;
    }

    private static String hashOf(Path file, Runnable asked) {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
                asked.run();
            }
        } catch (IOException e) {
            throw Untrusted.cannotRead(file, e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
