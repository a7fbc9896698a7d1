package org.svgen.lab.study;

import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Latents;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Recipe;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Sampling;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.pipeline.VideoSize;
import org.svgen.resume.Checkpoints;

/** Draws at once what no model made: further from dense the less is kept. */
final class DrawnPipeline implements VideoPipeline {
    static final String HASH = "d12a3";

    @Override
    public Defaults defaults() {
        return Defaults.of(
                new VideoSize(32, 32, 9, 16), Sampling.of(3, 4), AttentionSettings.DEFAULT);
    }

    @Override
    public Pictures pictures() {
        return Pictures.NONE;
    }

    @Override
    public void check(Request request) {}

    @Override
    public Plan plan(Request request, long limitBytes) {
        return new Plan(
                "cpu", limitBytes, List.of(), new Plan.Tokens(60, 4, 1), 1000, Plan.Skips.NONE);
    }

    @Override
    public Result generate(Request r, Plan plan, StepListener listener, Checkpoints checkpoints) {
        listener.note("drawn");
        boolean dense = r.attention().mode() == Mode.DENSE;
        double limit = Math.min(1, r.attention().maxError());
        double density = dense ? 1 : Math.max(r.attention().density(), 1 - limit);
        Clip clip = new Clip(r.frames(), r.height(), r.width(), r.fps());
        long begin = r.seed() + r.prompt().hashCode();
        for (long i = 0; i < clip.frames().elements(); i++) {
            double value = Math.floorMod(begin + i * i, 97L) / 97.0;
            double error = (1 - density) * Math.floorMod(i, 5L) / 50.0;
            clip.frames().host().set(ValueLayout.JAVA_FLOAT, 4 * i, (float) (value + error) / 2);
        }
        Report report =
                new Report(
                        "DrawnPipeline",
                        HASH,
                        "cpu",
                        Map.of(Stage.DENOISE, 1.0, Stage.DECODE, 0.5),
                        0,
                        List.of(),
                        density,
                        dense ? OptionalDouble.empty() : OptionalDouble.of(density),
                        List.of(),
                        0,
                        0,
                        0,
                        0,
                        List.of(),
                        dense
                                ? Report.Receipt.NONE
                                : new Report.Receipt(
                                        OptionalDouble.of(limit),
                                        OptionalDouble.of(limit * (1 + r.seed() / 100.0)),
                                        List.of(),
                                        OptionalDouble.empty(),
                                        0));
        return new Result(clip, new Latents(1), report, Recipe.of(r, report, "cpu"));
    }

    @Override
    public void close() {}
}
