package org.svgen.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;

/** The outputs of a run, one of each kind, in a folder; and what may be found in their places. */
record StormTargets(Path folder) {
    static final List<String> VIDEOS = List.of("v.mp4", "v.gif", "frames");
    private static final List<String> BESIDE =
            List.of("s.png", "h.png", "r.json", "l.safetensors", "f.safetensors");

    static List<String> all() {
        return Stream.concat(VIDEOS.stream(), BESIDE.stream()).toList();
    }

    /** The command that writes one of the videos and all else; every variant is another video. */
    List<String> arguments(String video, int variant) {
        return List.of(
                "generate",
                "variant " + variant,
                "--width=" + (32 + 16 * variant),
                "--height=" + (32 + 16 * variant),
                "--frames=" + (9 + 8 * variant),
                "--quiet",
                "--output=" + folder.resolve(video),
                "--contact-sheet=" + folder.resolve("s.png"),
                "--heads=" + folder.resolve("h.png"),
                "--report=" + folder.resolve("r.json"),
                "--save-latents=" + folder.resolve("l.safetensors"),
                "--save-frames=" + folder.resolve("f.safetensors"));
    }

    /** What each place holds now, as a hash; absent if there is nothing. */
    Map<String, String> contents() throws IOException {
        Map<String, String> contents = new TreeMap<>();
        for (String name : all()) {
            String content = content(name);
            if (content != null) {
                contents.put(name, content);
            }
        }
        return contents;
    }

    /** The hash of a file or folder; of the report, which holds times, what it is the report of. */
    @Nullable String content(String name) throws IOException {
        Path path = folder.resolve(name);
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            if (Files.isDirectory(path)) {
                try (Stream<Path> files = Files.list(path)) {
                    for (Path file : files.sorted().toList()) {
                        hash.update(file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
                        hash.update(Files.readAllBytes(file));
                    }
                }
            } else if (name.equals("r.json")) {
                String text = Files.readString(path);
                hash.update(
                        new ObjectMapper()
                                .readTree(text)
                                .at("/recipe/prompt")
                                .asString(text)
                                .getBytes(StandardCharsets.UTF_8));
            } else {
                hash.update(Files.readAllBytes(path));
            }
            return HexFormat.of().formatHex(hash.digest());
        } catch (NoSuchFileException e) {
            return null;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Those of {@code names} under which nothing is. */
    List<String> missing(Set<String> names) {
        return names.stream().filter(name -> Files.notExists(folder.resolve(name))).toList();
    }

    /**
     * Names of what is neither {@code allowed} nor absent, and of what is here and no target.
     *
     * @param allowed hashes by name
     * @param leftovers true if those of a killed run may be here
     */
    List<String> wrong(Map<String, Set<String>> allowed, boolean leftovers) throws IOException {
        List<String> wrong = new ArrayList<>();
        contents()
                .forEach((name, hash) -> {
                    if (!allowed.getOrDefault(name, Set.of()).contains(hash)) {
                        wrong.add(name + " is neither the old one nor a whole new one");
                    }
                });
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.list(folder)) {
            files.forEach(file -> names.add(file.getFileName().toString()));
        }
        all().forEach(names::remove);
        names.removeIf(name -> name.equals("junk") || (leftovers && name.endsWith(".part")));
        names.forEach(name -> wrong.add(name + " was left behind"));
        return wrong;
    }
}
