package org.svgen.server.work;

import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.resume.Checkpoints;

/** The demo model, with something that goes wrong before its runs or behind them. */
record FaultyPipeline(
        VideoPipeline model, BiConsumer<Request, Plan> before, Consumer<Result> behind)
        implements VideoPipeline {

    /** A model whose sessions are faulty; its plans are not. */
    static ModelSource source(BiConsumer<Request, Plan> before, Consumer<Result> behind) {
        return new ModelSource(
                "demo",
                ModelSpec.of(Factory.DEMO),
                (spec, device, session) ->
                        session
                                ? new FaultyPipeline(
                                        Pipelines.openSession(spec.folder(), device),
                                        before,
                                        behind)
                                : Pipelines.open(spec.folder(), device));
    }

    @Override
    public Defaults defaults() {
        return model.defaults();
    }

    @Override
    public Pictures pictures() {
        return model.pictures();
    }

    @Override
    public void check(Request request) {
        model.check(request);
    }

    @Override
    public Plan plan(Request request, long limitBytes) {
        return model.plan(request, limitBytes);
    }

    @Override
    public Result generate(
            Request request, Plan plan, StepListener listener, Checkpoints checkpoints) {
        before.accept(request, plan);
        Result result = model.generate(request, plan, listener, checkpoints);
        behind.accept(result);
        return result;
    }

    @Override
    public void close() {
        model.close();
    }
}
