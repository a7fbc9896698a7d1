package org.svgen.cli;

import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.svgen.models.cogvideox.CogVideoXFamily;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.CacheSettings;
import org.svgen.pipeline.CancelledException;
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
import org.svgen.setting.FamilySettings;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.Tensor;

/** Takes requests as the real ones do and draws a ramp. */
final class FakePipeline implements VideoPipeline {
    private final long stepMillis;
    private final boolean breaks;
    @Nullable Request seen;
    float[] image = {}; // of the request, whose memory ends with the command

    /**
     * @param breaks if the second step finds a NaN
     */
    FakePipeline(long stepMillis, boolean breaks) {
        this.stepMillis = stepMillis;
        this.breaks = breaks;
    }

    @Override
    public Defaults defaults() {
        AttentionSettings attention =
                AttentionSettings.builder()
                        .mode(AttentionSettings.Mode.SVG)
                        .density(0.3)
                        .denseSteps(new Amount.Fraction(0.25))
                        .denseLayers(new Amount.Count(1))
                        .build();
        return new Defaults(
                new VideoSize(32, 24, 5, 16),
                Sampling.of(4, 4.5),
                attention,
                CacheSettings.NONE,
                FamilySettings.NONE.with(CogVideoXFamily.DYNAMIC_GUIDANCE, true),
                List.of());
    }

    @Override
    public Pictures pictures() {
        return Pictures.NONE;
    }

    @Override
    public void check(Request request) {
        seen = request;
        Tensor given = request.image();
        image = given == null ? new float[0] : given.toFloats();
    }

    @Override
    public Plan plan(Request request, long limitBytes) {
        seen = request;
        return new Plan(
                "cpu", limitBytes, List.of(), new Plan.Tokens(60, 4, 1), 1000, Plan.Skips.NONE);
    }

    @Override
    public Result generate(Request r, Plan plan, StepListener listener, Checkpoints checkpoints) {
        listener.note("the prompt was cut by 3 tokens");
        for (int i = 0; i < r.steps(); i++) {
            listener.progress(Stage.DENOISE, i, r.steps());
            if (breaks && i == 1) {
                throw new SvgenException("NaN in the latents at step 2, layer 3");
            }
            if (listener.cancelled()) {
                throw new CancelledException();
            }
            pause();
        }
        listener.progress(Stage.DENOISE, r.steps(), r.steps());
        Clip clip = new Clip(r.frames(), r.height(), r.width(), r.fps());
        for (long i = 0; i < clip.frames().elements(); i++) {
            clip.frames().host().set(ValueLayout.JAVA_FLOAT, 4 * i, i % 97 / 96f);
        }
        Report report = report(r.attention());
        Latents latents = new Latents(1, 1, 3, r.height(), r.width());
        return new Result(clip, latents, report, Recipe.of(r, report, "cpu"));
    }

    /** Its one step is dense where the request asks for that. */
    private static Report report(AttentionSettings attention) {
        boolean dense =
                attention.mode() == AttentionSettings.Mode.DENSE
                        || attention.denseSteps().equals(new Amount.Fraction(1));
        return new Report(
                "CogVideoXPipeline demo",
                "c0ffee",
                "cpu",
                Map.of(Stage.DENOISE, 1.5),
                0.25,
                List.of(
                        new Report.Step(
                                0,
                                999,
                                0.5,
                                1,
                                List.of(dense ? "" : "sssd ssst"),
                                false,
                                OptionalDouble.empty(),
                                List.of(),
                                OptionalDouble.empty(),
                                List.of())),
                dense ? 1 : 0.42,
                dense ? OptionalDouble.empty() : OptionalDouble.of(0.3),
                List.of(dense ? new Report.Layer(0, 0, 0, 0) : new Report.Layer(0, 6, 1, 1)),
                1000,
                2_000_000,
                3,
                0,
                List.of(),
                dense
                        ? Report.Receipt.NONE
                        : new Report.Receipt(
                                OptionalDouble.of(0.0654),
                                OptionalDouble.empty(),
                                List.of(0.0654),
                                OptionalDouble.of(0.0712),
                                attention.attentionDtype().eightBits() ? 0.55 : 0));
    }

    private void pause() {
        try {
            Thread.sleep(stepMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {}
}
