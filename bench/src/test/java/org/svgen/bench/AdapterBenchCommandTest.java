package org.svgen.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.testkit.Goldens;

class AdapterBenchCommandTest {
    private final Bench bench = new Bench();

    @Test
    void mergesAnAdapterAndChangesItForAnother(@TempDir Path folder) {
        AdapterBench.Outcome found =
                AdapterBench.run(
                        new AdapterBench.Setup(
                                Goldens.folder("wan-t2v-tiny").toString(), folder, 3, "cpu"),
                        note -> {});
        assertThat(found.matrices()).isGreaterThan(10);
        assertThat(found.weightBytes()).isGreaterThan(found.adapterBytes());
        assertThat(
                        List.of(
                                found.loadSeconds(),
                                found.mergedSeconds(),
                                found.swapSeconds(),
                                found.bareSeconds()))
                .allMatch(seconds -> seconds > 0);
        assertThat(found.text().get(2)).contains("merging takes");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void refusesWhatCannotBeMeasured() {
        String config = "adapters --config " + Goldens.folder("wan-t2v-tiny");
        assertThat(bench.run(config + " --rank 0")).isEqualTo(2);
        assertThat(bench.printed()).startsWith("--rank 0: expected at least 1");
        assertThat(bench.run(config + " --folder nowhere")).isEqualTo(2);
        assertThat(bench.printed()).startsWith("--folder nowhere: expected a folder");
        assertThat(bench.run("adapters --config nothing")).isEqualTo(2);
        assertThat(bench.printed()).startsWith("--config: expected one of [");
        assertThat(Files.exists(Path.of("nothing"))).isFalse();
    }
}
