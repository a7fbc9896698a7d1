package org.svgen.cli;

import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.resume.Checkpoints;

/**
 * A model during whose run something happens, behind all checks and before anything is written.
 *
 * @param event what happens
 */
record EventfulPipeline(VideoPipeline model, Runnable event) implements VideoPipeline {
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
        Result result = model.generate(request, plan, listener);
        event.run();
        return result;
    }

    @Override
    public void close() {
        model.close();
    }
}
