package org.svgen.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Outputs of diffusers, transformers and the official Sparse VideoGen code, kept as zip resources
 * that {@code tools/pack-goldens.py} makes.
 */
public final class Goldens {
    private static final Map<String, Path> UNPACKED = new ConcurrentHashMap<>();
    private static final String PLANES = ".planes";
    private static final String AS = ".as"; // names an entry of another golden
    private static final int PLANE_COUNT = 4;

    private Goldens() {}

    /** The folder {@code name} (for example {@code cogvideox-t2v-tiny}), unpacked once per JVM. */
    public static Path folder(String name) {
        return UNPACKED.computeIfAbsent(name, Goldens::unpack).resolve(name);
    }

    /** All tensors of the safetensors file {@code file} in {@code folder}. */
    public static Map<String, GoldenTensor> tensors(String folder, String file) {
        return GoldenTensor.read(folder(folder).resolve(file));
    }

    public static JsonNode json(String folder, String file) {
        return new ObjectMapper().readTree(folder(folder).resolve(file).toFile());
    }

    private static Path unpack(String name) {
        try {
            Path root = Files.createTempDirectory("svgen-goldens");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(root)));
            Map<String, List<Path>> elsewhere = new HashMap<>(); // by the entry that it is like
            forEach(
                    name,
                    (entry, content) -> {
                        Path to = root.resolve(without(PLANES, without(AS, entry)));
                        Files.createDirectories(to.resolveSibling("."));
                        if (entry.endsWith(AS)) {
                            String like = new String(content, StandardCharsets.UTF_8);
                            elsewhere.computeIfAbsent(like, _ -> new ArrayList<>()).add(to);
                        } else {
                            Files.write(to, plain(entry, content));
                        }
                    });
            Set<String> others = new TreeSet<>();
            elsewhere.keySet().forEach(like -> others.add(like.substring(0, like.indexOf('/'))));
            for (String other : others) {
                forEach(
                        other,
                        (entry, content) -> {
                            for (Path to : elsewhere.getOrDefault(entry, List.of())) {
                                Files.write(to, plain(entry, content));
                            }
                        });
            }
            return root;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Entries {
        void take(String name, byte[] content) throws IOException;
    }

    private static void forEach(String golden, Entries entries) throws IOException {
        try (InputStream in = Goldens.class.getResourceAsStream("/goldens/" + golden + ".zip")) {
            if (in == null) {
                throw new IllegalArgumentException("no golden " + golden);
            }
            ZipInputStream zip = new ZipInputStream(in);
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (!entry.isDirectory()) {
                    entries.take(entry.getName(), zip.readAllBytes());
                }
            }
        }
    }

    private static String without(String ending, String name) {
        return name.endsWith(ending) ? name.substring(0, name.length() - ending.length()) : name;
    }

    private static byte[] plain(String entry, byte[] content) {
        return entry.endsWith(PLANES) ? interleaved(content) : content;
    }

    /** Bytes of which every fourth stood first, then those behind them, and so on. */
    private static byte[] interleaved(byte[] planes) {
        byte[] bytes = new byte[planes.length];
        int from = 0;
        for (int plane = 0; plane < PLANE_COUNT; plane++) {
            for (int i = plane; i < bytes.length; i += PLANE_COUNT) {
                bytes[i] = planes[from++];
            }
        }
        return bytes;
    }

    private static void delete(Path root) {
        try {
            Files.walkFileTree(
                    root,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes a)
                                throws IOException {
                            Files.delete(file);
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult postVisitDirectory(Path dir, IOException e)
                                throws IOException {
                            Files.delete(dir);
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            // A left-over temporary folder harms nobody.
        }
    }
}
