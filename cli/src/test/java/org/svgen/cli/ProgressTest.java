package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.pipeline.Stage;

class ProgressTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void aTerminalShowsOneLineThatIsDrawnAgain() throws InterruptedException {
        Progress progress = progress(true);
        progress.progress(Stage.DENOISE, 0, 20);
        Thread.sleep(120);
        progress.progress(Stage.DENOISE, 10, 20);
        assertThat(text()).contains("[############------------] 10/20").contains(" left");
        assertThat(text()).doesNotContain("\n");
        progress.progress(Stage.DENOISE, 20, 20);
        assertThat(text()).endsWith(System.lineSeparator());
    }

    @Test
    void aReusedStepIsMarkedAndAllAreCountedWhenTheStageEnds() throws InterruptedException {
        Progress progress = progress(true);
        progress.progress(Stage.DENOISE, 0, 50);
        Thread.sleep(120);
        progress.reused(16, 50);
        progress.progress(Stage.DENOISE, 17, 50);
        assertThat(text()).contains("17/50 (reused)  ");
        Thread.sleep(120);
        progress.progress(Stage.DENOISE, 18, 50);
        assertThat(text()).contains("18/50  ");
        progress.progress(Stage.DENOISE, 50, 50);
        assertThat(text().lines().toList().getLast()).endsWith(", 1 of 50 steps reused");
        progress.progress(Stage.DECODE, 1, 1);
        assertThat(text().lines().toList().getLast()).contains("decode").doesNotContain("reused");
    }

    @Test
    void aFileGetsPlainLinesAndNotOneForEachStep() {
        Progress progress = progress(false);
        for (int i = 0; i <= 50; i++) {
            progress.progress(Stage.DENOISE, i, 50);
        }
        assertThat(text()).doesNotContain("\r").doesNotContain("\033");
        assertThat(text().lines()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"0.04, 0.0 s", "9.94, 9.9 s", "42.4, 42 s", "185, 3:05", "3729, 1:02:09"})
    void timesAreShort(double seconds, String text) {
        assertThat(Progress.clock(seconds)).isEqualTo(text);
    }

    private Progress progress(boolean terminal) {
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        return new Progress(new Console(stream, stream, terminal), false);
    }

    private String text() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
