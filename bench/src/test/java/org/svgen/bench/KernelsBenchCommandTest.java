package org.svgen.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KernelsBenchCommandTest {
    private final Bench bench = new Bench();

    @Test
    void timesEveryOperationOfTheDemoOnACpu() {
        assertThat(
                        bench.run(
                                "kernels --size 64x48x5 --density 0.9 --device cpu --rounds 1 --batch 1"
                                        + " --dtype fp8"))
                .as(bench.printed())
                .isZero();
        assertThat(bench.printed().lines())
                .contains("demo, 5 frames of 64 x 48", "text", "denoise", "decode")
                .anyMatch(line -> line.matches("  linear, gelu tanh +[0-9.]+ ms .*"))
                .anyMatch(line -> line.matches("  linear, gelu tanh, 8 bits +[0-9.]+ ms .*"))
                .anyMatch(line -> line.matches("  linearPair +[0-9.]+ ms .*"))
                .anyMatch(line -> line.matches("  attention, dense +[0-9.]+ ms .*"))
                .anyMatch(line -> line.matches("  attention, kept 0\\.\\d\\d +[0-9.]+ ms .*"))
                .anyMatch(line -> line.matches("  profile +[0-9.]+ ms .*"))
                .anyMatch(line -> line.matches("  splitHeads, rms norm, rotated +[0-9.]+ ms .*"))
                .anyMatch(line -> line.matches("  rmsNorm .* TB/s .*"))
                .anyMatch(line -> line.matches("  conv3d .* (TFLOP|TB)/s .*f32\\[.*"));
        assertThat(bench.notes())
                .anyMatch(note -> note.matches("demo, denoise: \\d+ operations"))
                .anyMatch(note -> note.matches("  attention, dense +[0-9.]+ ms .*"));
    }

    @Test
    void leavesOutWhatWouldTakeTooLong() {
        String words = "kernels --size 64x48x5 --device cpu --rounds 1 --batch 400 --seconds 1";
        assertThat(bench.run(words)).as(bench.printed()).isZero();
        assertThat(bench.printed().lines())
                .anyMatch(line -> line.matches("  \\w+.* ms .*"))
                .anyMatch(line -> line.matches("left out for want of time: \\d+ operations"));
    }

    @Test
    void refusesKernelsOfAModelThatItDoesNotKnow() {
        assertThat(bench.run("kernels --config sora --device cpu")).isEqualTo(2);
        assertThat(bench.printed())
                .startsWith(
                        "--config: expected one of [%s] or a".formatted(BenchConfigs.NAMES)
                                + " model's folder, found 'sora'");
        assertThat(bench.run("kernels --batch 0")).isEqualTo(2);
        assertThat(bench.printed()).startsWith("--batch 0: expected at least 1");
        assertThat(bench.run("kernels --seconds 0")).isEqualTo(2);
        assertThat(bench.printed()).startsWith("--seconds 0: expected at least 1");
    }
}
