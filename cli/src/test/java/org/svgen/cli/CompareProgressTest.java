package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.svgen.lab.metrics.Measure;

class CompareProgressTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void aTerminalSeesALineThatGoesAwayInTheEnd() throws InterruptedException {
        CompareProgress progress =
                new CompareProgress(new Console(new ByteArrayOutputStream(), err, true));
        Thread.sleep((long) (1100 * Progress.pause(new Console(err, err, true))));
        progress.measured(Measure.LPIPS, 1, 4);
        assertThat(said()).contains("LPIPS [#", "frame 1 of 4, ", " left").doesNotContain("\n");
        progress.measured(Measure.LPIPS, 4, 4);
        assertThat(said()).endsWith("\r\033[K");
    }

    @Test
    void whatIsQuickSaysNothing() {
        for (boolean terminal : new boolean[] {true, false}) {
            CompareProgress progress =
                    new CompareProgress(new Console(new ByteArrayOutputStream(), err, terminal));
            for (int done = 1; done <= 3; done++) {
                progress.measured(Measure.SSIM, done, 3);
            }
            assertThat(said()).isEmpty();
        }
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
