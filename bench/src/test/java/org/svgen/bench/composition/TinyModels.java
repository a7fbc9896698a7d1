package org.svgen.bench.composition;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.LayerStream;
import org.svgen.checkpoint.WeightCount.Layer;
import org.svgen.models.Families;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.StagePlan;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.run.ModelPipeline;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.Goldens;

/** The golden models as pipelines, opened once for each type of layers. */
final class TinyModels implements AutoCloseable {
    /** Text before the video; behind it; none in self-attention and two experts. */
    static final List<String> NAMES =
            List.of(
                    "cogvideox-t2v-tiny",
                    "hunyuanvideo-t2v-tiny",
                    "hunyuanvideo15-t2v-tiny",
                    "cosmos1-t2w-tiny",
                    "wan22-t2v-tiny");

    private static final int STEPS = 5;

    private final Backend backend;
    private final Map<String, VideoPipeline> pipelines = new HashMap<>();

    TinyModels(Backend backend) {
        this.backend = backend;
    }

    VideoPipeline pipeline(String name, DType layers) {
        return pipelines.computeIfAbsent(
                name + layers,
                key -> {
                    Checkpoint checkpoint = Checkpoint.open(Goldens.folder(name));
                    return ModelPipeline.open(
                            new CurvedFamily(Families.ofPipeline(checkpoint.pipelineClass())),
                            checkpoint,
                            backend,
                            layers,
                            false);
                });
    }

    /** A small video with many steps. */
    Request base(String name) {
        return Request.builder(pipeline(name, DType.F32).defaults())
                .prompt("a panda plays guitar")
                .size(96, 64)
                .frames(9)
                .steps(STEPS)
                .set("sampledRows", 8)
                .build();
    }

    List<Pace> paces(String name) {
        return Pace.all(pipeline(name, DType.F32).defaults().settings());
    }

    /** The same plan, with all layers streamed. */
    static Plan streamed(Plan plan) {
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

    @Override
    public void close() {
        pipelines.values().forEach(VideoPipeline::close);
    }
}
