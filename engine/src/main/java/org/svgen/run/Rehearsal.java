package org.svgen.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.svgen.checkpoint.WeightCount;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StageNeed;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.DryRun;
import org.svgen.tensor.device.Work;
import org.svgen.tensor.device.Workspace;

/** Plays the stages of a run through without computing, and learns what they need. */
public final class Rehearsal implements Stages {
    private final Backend backend;
    private final List<StageNeed> needs = new ArrayList<>();

    /**
     * No stage played yet.
     *
     * @param backend will compute; knows what operations take beside their operands
     */
    public Rehearsal(Backend backend) {
        this.backend = backend;
    }

    /** {@return what the stages so far need, in their order} */
    public List<StageNeed> needs() {
        return List.copyOf(needs);
    }

    @Override
    public <M, T> T run(
            Stage stage,
            DType activation,
            Function<WeightMemory, M> load,
            BiFunction<M, Workspace, T> work,
            Function<T, Numbers> made) {
        List<T> result = new ArrayList<>(1);
        WeightCount weights = new WeightCount();
        M module = load.apply(weights);
        DryRun.Played played =
                DryRun.play(activation, workspace -> result.add(work.apply(module, workspace)));
        EightBits.require(backend, played.work());
        needs.add(
                new StageNeed(
                        stage,
                        weights.otherBytes(),
                        weights.layers(),
                        weights.computedBytes(),
                        played.workspaceBytes(),
                        scratchBytes(played.work()),
                        played.work()));
        return result.getFirst();
    }

    private long scratchBytes(Work work) {
        return work.calls().stream().mapToLong(c -> backend.scratchBytes(c.op())).max().orElse(0);
    }

    @Override
    public boolean rehearsal() {
        return true;
    }
}
