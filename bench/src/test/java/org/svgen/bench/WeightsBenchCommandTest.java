package org.svgen.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;

class WeightsBenchCommandTest {
    private final Bench bench = new Bench();

    @Test
    void bringsAFileToADevice() {
        try (Backend backend = Backends.open("cpu", note -> {})) {
            WeightsBench.Outcome found = WeightsBench.run(backend, Path.of("target"), 5, 1 << 16);
            assertThat(found.bytes()).isEqualTo(5 << 16);
            assertThat(found.coldPart()).isPositive();
            assertThat(found.text()).startsWith("cpu: 0.0 GB; the disk reads ");
        }
    }

    @Test
    void refusesAFileThatCannotBeWritten() {
        assertThat(bench.run("weights --gigabytes 0")).isEqualTo(2);
        assertThat(bench.printed()).startsWith("--gigabytes 0: expected at least 1");
        assertThat(bench.run("weights --folder nowhere")).isEqualTo(2);
        assertThat(bench.printed()).startsWith("--folder nowhere: expected a folder");
    }
}
