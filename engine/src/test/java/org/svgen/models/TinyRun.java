package org.svgen.models;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.svgen.checkpoint.LayerStream;
import org.svgen.checkpoint.WeightCount.Layer;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.ClusterSettings;
import org.svgen.pipeline.Pictures.Use;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StagePlan;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/** Requests as small as the tiny models allow, and what is left of their results. */
public final class TinyRun {
    /** For image-to-video models; black would give latents like no picture's. */
    private static final Tensor IMAGE = Tensor.of(Arena.global(), ramp(16 * 16 * 3), 16, 16, 3);

    private TinyRun() {}

    private static float[] ramp(int size) {
        float[] ramp = new float[size];
        for (int i = 0; i < size; i++) {
            ramp[i] = (float) i / size;
        }
        return ramp;
    }

    /** One frame, one step. */
    public static Request request(VideoPipeline pipeline, long seed) {
        return Request.builder(pipeline.defaults())
                .prompt("a panda plays guitar")
                .image(pipeline.pictures().first() == Use.REFUSED ? null : IMAGE)
                .lastImage(pipeline.pictures().last() == Use.NEEDED ? IMAGE : null)
                .size(32, 32)
                .frames(1)
                .steps(1)
                .seed(seed)
                .attention(
                        new AttentionSettings(
                                AttentionSettings.Mode.DENSE,
                                1,
                                new Amount.Count(0),
                                new Amount.Count(0),
                                Double.POSITIVE_INFINITY,
                                8,
                                AttentionSettings.Budget.FIXED,
                                Double.POSITIVE_INFINITY,
                                0,
                                AttentionSettings.Precision.AUTO,
                                0,
                                AttentionSettings.Tail.AUTO,
                                OptionalDouble.empty(),
                                AttentionSettings.BlockOrder.RASTER,
                                AttentionSettings.QueryBlock.SINGLE,
                                List.of(),
                                Optional.empty(),
                                ClusterSettings.DEFAULT))
                .build();
    }

    /** A number that tells videos and latents apart, bit by bit. */
    public static long hash(Result result) {
        return 31L * Arrays.hashCode(result.latents().toFloats())
                + Arrays.hashCode(result.clip().frames().toFloats());
    }

    /** What one thread alone gets. */
    public static long hashOf(VideoPipeline pipeline, long seed) {
        try (Result result = pipeline.generate(request(pipeline, seed), StepListener.SILENT)) {
            return hash(result);
        }
    }

    /** A copy of a host tensor. */
    public static Tensor copy(Arena arena, Tensor tensor) {
        Tensor copy = Tensor.zeros(arena, DType.F32, tensor.shape().dims());
        copy.host().copyFrom(tensor.host());
        return copy;
    }

    /** The same plan, with all layers streamed. */
    public static Plan streamed(Plan plan) {
        List<StagePlan> stages = new ArrayList<>();
        for (StagePlan s : plan.stages()) {
            List<Layer> layers = s.need().layers();
            LayerStream stream = LayerStream.of(layers, layers.size());
            long weights = s.need().otherBytes() + stream.deviceBytes(layers);
            stages.add(new StagePlan(s.need(), stream, weights));
        }
        return new Plan(
                plan.device(),
                plan.limitBytes(),
                stages,
                plan.tokens(),
                plan.resultBytes(),
                plan.skips());
    }
}
