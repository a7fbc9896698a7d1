package org.svgen.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.StoppedException;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.ranks.Devices;

class FolderCheckpointsTest {
    private static final int STEPS = 6;
    private static final int STOPPED_AT = 3;

    @TempDir Path folder;

    @Test
    void anotherExecutorGoesOnWhereOneWasLost() throws Exception {
        OutputFolder output =
                OutputFolder.of(folder.resolve("videos").toString(), new Configuration(false));
        output.make();
        try (Backend backend = Devices.open("cpu", note -> {});
                VideoPipeline model = Pipelines.openSession(Path.of(Table.MODEL), backend)) {
            Request request =
                    Request.builder(model.defaults())
                            .prompt("a red circle")
                            .size(Table.SIZE, Table.SIZE)
                            .frames(Table.FRAMES)
                            .steps(STEPS)
                            .build();
            Plan plan = model.plan(request, Long.MAX_VALUE);
            Seen first = new Seen(STOPPED_AT);
            assertThatThrownBy(() -> model.generate(request, plan, first, at(output, "one")))
                    .isInstanceOf(StoppedException.class);
            Seen second = new Seen(Integer.MAX_VALUE);
            try (Result whole = model.generate(request, plan, new Seen(Integer.MAX_VALUE));
                    Result resumed = model.generate(request, plan, second, at(output, "two"))) {
                assertThat(second.steps).hasSizeBetween(1, STEPS - 1);
                assertThat(resumed.latents().toFloats()).isEqualTo(whole.latents().toFloats());
                assertThat(resumed.report().steps()).hasSize(STEPS);
            }
        }
    }

    private FolderCheckpoints at(OutputFolder output, String executor) throws Exception {
        Path scratch = Files.createDirectories(folder.resolve(executor));
        return new FolderCheckpoints(output, "key", "app/" + executor, scratch, Duration.ZERO);
    }

    /** Ends the run after some steps. */
    private static final class Seen implements StepListener {
        private final List<Report.Step> steps = new ArrayList<>();
        private final int most;

        Seen(int most) {
            this.most = most;
        }

        @Override
        public void step(Report.Step step, int all) {
            steps.add(step);
        }

        @Override
        public boolean cancelled() {
            return steps.size() >= most;
        }
    }
}
