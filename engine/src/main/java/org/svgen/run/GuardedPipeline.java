package org.svgen.run;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.svgen.checkpoint.AdapterFile;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.resume.Checkpoints;
import org.svgen.tensor.ClosedException;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Lease;
import org.svgen.tensor.device.Turnstile;

/**
 * A pipeline that threads may share and that may be closed at any time. A call waits for its turn
 * on the pipeline, then for the device's: {@link Backend#lease} hands on what is asked in between,
 * so that every run hears its listener, its thread's interruption and the end of its pipeline.
 */
public final class GuardedPipeline implements VideoPipeline {
    private final VideoPipeline pipeline;
    private final Backend backend;
    private final Turnstile turnstile;

    /**
     * Puts a guard in front of a pipeline.
     *
     * @param pipeline closed with this
     * @param backend that the pipeline computes on
     * @param model its name, for messages
     */
    public GuardedPipeline(VideoPipeline pipeline, Backend backend, String model) {
        this.pipeline = pipeline;
        this.backend = backend;
        this.turnstile = new Turnstile("the pipeline of " + model);
    }

    @Override
    public Defaults defaults() {
        return pipeline.defaults();
    }

    @Override
    public Pictures pictures() {
        return pipeline.pictures();
    }

    @Override
    public List<String> notes() {
        return pipeline.notes();
    }

    @Override
    public List<String> unused(Request request) {
        Objects.requireNonNull(request, "request");
        return pipeline.unused(request);
    }

    @Override
    public void check(Request request) {
        Objects.requireNonNull(request, "request");
        turnstile.requireOpen();
        pipeline.check(request);
    }

    /** At the door of long work; {@link #check} is asked of many sizes in a row. */
    private void checkNumbers(Request request) {
        check(request);
        Requests.requireFinitePictures(request);
    }

    @Override
    public Plan plan(Request request, long limitBytes) {
        checkNumbers(request);
        return inTurn(StepListener.SILENT, open -> open.plan(request, limitBytes));
    }

    @Override
    public Result generate(Request request, StepListener listener) {
        Objects.requireNonNull(listener, "listener");
        checkNumbers(request);
        return inTurn(
                listener,
                open -> open.generate(request, open.plan(request, Long.MAX_VALUE), listener));
    }

    @Override
    public Result generate(Request request, Plan plan, StepListener listener) {
        return generate(request, plan, listener, Checkpoints.NONE);
    }

    @Override
    public Result generate(
            Request request, Plan plan, StepListener listener, Checkpoints checkpoints) {
        Objects.requireNonNull(plan, "plan");
        Objects.requireNonNull(listener, "listener");
        Objects.requireNonNull(checkpoints, "checkpoints");
        checkNumbers(request);
        return inTurn(listener, open -> open.generate(request, plan, listener, checkpoints));
    }

    @Override
    public void adapt(List<? extends AdapterFile> adapters) {
        Objects.requireNonNull(adapters, "adapters");
        List<? extends AdapterFile> all = List.copyOf(adapters);
        inTurn(
                StepListener.SILENT,
                open -> {
                    open.adapt(all);
                    return all;
                });
    }

    private <T> T inTurn(StepListener listener, Function<VideoPipeline, T> work) {
        try (Lease mine = turnstile.enter(new Cancellation(listener));
                Lease device = backend.lease(turnstile::poll)) {
            return begun(work);
        }
    }

    private <T> T begun(Function<VideoPipeline, T> work) {
        try {
            return work.apply(pipeline);
        } catch (ClosedException e) {
            throw new CancelledException("stopped: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw Cancellation.meant(e);
        }
    }

    @Override
    public void close() {
        turnstile.close(pipeline::close);
    }
}
