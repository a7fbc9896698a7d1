package org.svgen.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sizes that stand in a kernel's source and in the class that launches it are the same. */
class KernelSizesTest {
    private static final Path MAIN = Path.of("src/main");
    private static final Pattern VALUE = Pattern.compile("\\b([A-Z][A-Z0-9_]*) = (\\d+)[,;]");
    private static final Pattern TILES = Pattern.compile("Tiles\\(\"(\\w+)\", (\\d+), (\\d+)\\)");

    private static String source(String file) throws IOException {
        return Files.readString(MAIN.resolve(file));
    }

    private static Map<String, Integer> constants(String file) throws IOException {
        Map<String, Integer> values = new HashMap<>();
        Matcher found = VALUE.matcher(source(file));
        while (found.find()) {
            values.putIfAbsent(found.group(1), Integer.valueOf(found.group(2)));
        }
        return values;
    }

    @ParameterizedTest
    @CsvSource({
        "attention/PlainAttention, plain_tile.cuh, ROWS KEYS THREADS",
        "attention/Blocks, blocks.cu, THREADS",
        "attention/BlockChooser, threshold.cu, THREADS ROWS MOST_DIM",
        "attention/PlainWalk, profile_plain.cu, ROWS KEYS THREADS",
        "attention/TensorCoreWalk, profile_walk.cu, ROWS KEYS THREADS STAGES",
        "attention/WalkLaunch, profile_plain.cu, MERGED MERGERS GROUP",
        "attention/BiasedAttention, attention.cu, TILE EACH",
        "attention/TensorCoreProfile, profile.cu,"
                + " ROWS KEYS THREADS STAGES KINDS MERGED MERGERS",
        "simple/PixelNorms, pixels.cu, THREADS EACH MOST_LANES",
        "product/TensorCoreTiles, gemm_bf16.cu, THREADS",
        "product/PlainTiles, gemm_f32.cu, THREADS"
    })
    void ofOneName(String launcher, String kernels, String names) throws IOException {
        Map<String, Integer> java = constants("java/org/svgen/cuda/" + launcher + ".java");
        Map<String, Integer> cuda = constants("cuda/" + kernels);
        for (String name : names.split(" ")) {
            assertThat(java).containsKey(name);
            assertThat(java.get(name)).as(name).isEqualTo(cuda.get(name));
        }
    }

    @Test
    void ofTheTilesOnTensorCores() throws IOException {
        Map<String, Integer> cuda = constants("cuda/gemm_bf16.cu");
        int side = constants("java/org/svgen/cuda/product/TensorCoreTiles.java").get("SIDE");
        assertThat(side).isEqualTo(cuda.get("M")).isEqualTo(cuda.get("N"));
        assertThat(source("java/org/svgen/cuda/product/TensorCoreTiles.java"))
                .contains(
                        "SHARED_BYTES = %d * %d * %d * 2;"
                                .formatted(cuda.get("STAGES"), 2 * side, cuda.get("DEPTH")));
    }

    @Test
    void ofRowsThatAreKept() throws IOException {
        Map<String, Integer> java = constants("java/org/svgen/cuda/simple/RowNorms.java");
        Map<String, Integer> cuda = constants("cuda/rows.cu");
        int threads = java.get("KEEPING_THREADS");
        assertThat(cuda.get("WARPS") * 32).isEqualTo(threads);
        assertThat(cuda.get("MOST") * 4 * 32).isEqualTo(java.get("SHORT_KEPT"));
        assertThat(cuda.get("LONG") * 4 * threads).isEqualTo(java.get("LONGEST_KEPT"));
    }

    @Test
    void ofNormsInEightBits() throws IOException {
        Map<String, Integer> java = constants("java/org/svgen/cuda/product/OnePassNorm.java");
        Map<String, Integer> cuda = constants("cuda/norm8.cu");
        assertThat(java.get("WARPS")).isEqualTo(cuda.get("WARPS"));
        assertThat(java.get("LONGEST")).isEqualTo(cuda.get("MOST") * 4 * 32);
    }

    @Test
    void ofThePlainTiles() throws IOException {
        String cuda = source("cuda/gemm_f32.cu");
        Matcher tiles = TILES.matcher(source("java/org/svgen/cuda/product/PlainTiles.java"));
        int found = 0;
        while (tiles.find()) {
            int rows = Integer.parseInt(tiles.group(2)) / 16;
            int columns = Integer.parseInt(tiles.group(3)) / 16;
            assertThat(cuda)
                    .containsPattern(
                            "linear%s\\([^}]*, %d, %d>".formatted(tiles.group(1), rows, columns));
            found++;
        }
        assertThat(found).isEqualTo(2);
    }
}
