package org.svgen.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.svgen.cuda.gpu.KernelNames;

/** The kernels that the jar carries are those of the sources. */
class KernelManifestTest {
    private static final Path SOURCES = Path.of("src/main/cuda");
    private static final Path BUILT = Path.of("src/main/resources/org/svgen/cuda/kernels");
    private static final Pattern INCLUDE = Pattern.compile("(?m)^ *# *include +\"(.*)\"");

    @Test
    void everySourceIsBuiltAsItIsNow() throws Exception {
        for (Path source : files(SOURCES, ".cu")) {
            String name = source.getFileName().toString().replaceAll("\\.cu$", "");
            Map<String, String> hashes = new TreeMap<>();
            hash(source, hashes);
            List<String> manifest = Files.readAllLines(BUILT.resolve(name + ".manifest"));
            Map<String, String> built = new TreeMap<>();
            manifest.stream()
                    .filter(line -> line.startsWith("sha256 "))
                    .map(line -> line.split(" "))
                    .forEach(words -> built.put(words[2], words[1]));
            assertThat(built)
                    .as("%s has changed: run tools/build-kernels.sh", source)
                    .isEqualTo(hashes);
            for (String arch : architectures(manifest)) {
                assertThat(
                                BUILT.resolve(
                                        "%s.%s.%s.gz"
                                                .formatted(name, arch, KernelNames.kind(arch))))
                        .isNotEmptyFile();
            }
        }
    }

    @Test
    void nothingIsLeftOfSourcesThatAreGone() throws IOException {
        TreeSet<String> names = new TreeSet<>();
        for (Path file : files(BUILT, "")) {
            names.add(file.getFileName().toString().replaceAll("\\..*", ""));
        }
        TreeSet<String> sources = new TreeSet<>();
        for (Path file : files(SOURCES, ".cu")) {
            sources.add(file.getFileName().toString().replaceAll("\\..*", ""));
        }
        assertThat(names).isEqualTo(sources);
    }

    @Test
    void theKernelsStaySmall() throws IOException {
        long bytes = 0;
        for (Path file : files(BUILT, "")) {
            bytes += Files.size(file);
        }
        assertThat(bytes).isLessThan(3_500_000);
    }

    private static List<String> architectures(List<String> manifest) {
        return manifest.stream()
                .filter(line -> line.startsWith("arch "))
                .flatMap(line -> Stream.of(line.substring(5).split(" ")))
                .toList();
    }

    private static List<Path> files(Path folder, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
        }
    }

    private static void hash(Path file, Map<String, String> hashes) throws Exception {
        byte[] content = Files.readAllBytes(file);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
        if (hashes.put(file.getFileName().toString(), HexFormat.of().formatHex(digest)) == null) {
            var includes = INCLUDE.matcher(Files.readString(file));
            while (includes.find()) {
                hash(SOURCES.resolve(includes.group(1)), hashes);
            }
        }
    }
}
