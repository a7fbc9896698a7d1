package org.svgen.run;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StagePlan;

/**
 * What stages loaded and the next run need not load again. A run's plan says what stays: as much as
 * fits beside the stage that needs most, the largest first. Used by one thread at a time.
 */
final class KeptWeights implements AutoCloseable {
    /** Keeps nothing: each stage's weights end with it. */
    static KeptWeights none() {
        return new KeptWeights(false);
    }

    /** Keeps what fits, from run to run. */
    static KeptWeights whatFits() {
        return new KeptWeights(true);
    }

    private record Kept(Object module, WeightMemory memory, long deviceBytes) {}

    private final Set<Stage> changed = new HashSet<>(); // whose weights are others by now

    private final boolean keeps;
    private final Map<Stage, Kept> kept = new HashMap<>();
    private Set<Stage> wanted = Set.of();
    private boolean eightBits; // whether denoisers were loaded for products in 8 bits

    private KeptWeights(boolean keeps) {
        this.keeps = keeps;
    }

    /** Bytes of the device that this holds. */
    long deviceBytes() {
        return kept.values().stream().mapToLong(Kept::deviceBytes).sum();
    }

    /**
     * Frees what a run by this plan has no room for, or needs in other types.
     *
     * @param inEightBits whether the run's products are in 8 bits
     */
    void begin(Plan plan, boolean inEightBits) {
        if (inEightBits != eightBits) {
            List.copyOf(kept.keySet()).stream()
                    .filter(stage -> stage.kind() == Stage.Kind.DENOISE)
                    .forEach(this::free);
            eightBits = inEightBits;
        }
        wanted = keeps ? fitting(plan) : Set.of();
        List<Stage> unwanted =
                kept.keySet().stream().filter(stage -> !wanted.contains(stage)).toList();
        unwanted.forEach(this::free);
    }

    /** The stages whose weights fit beside whatever runs. */
    static Set<Stage> fitting(Plan plan) {
        List<StagePlan> largestFirst = new ArrayList<>(plan.stages());
        largestFirst.sort(Comparator.comparingLong(StagePlan::deviceWeightBytes).reversed());
        Set<Stage> fitting = new HashSet<>();
        for (StagePlan stage : largestFirst) {
            fitting.add(stage.stage());
            if (stage.stream().count() > 0 || peak(plan, fitting) > plan.limitBytes()) {
                fitting.remove(stage.stage());
            }
        }
        return Set.copyOf(fitting);
    }

    /** The most bytes at once if these stay. */
    private static long peak(Plan plan, Set<Stage> stay) {
        return plan.stages().stream()
                .mapToLong(running -> running.bytes() + bytesBeside(running, plan, stay))
                .max()
                .orElse(0);
    }

    private static long bytesBeside(StagePlan running, Plan plan, Set<Stage> stay) {
        return plan.stages().stream()
                .filter(other -> stay.contains(other.stage()))
                .filter(other -> !other.stage().equals(running.stage()))
                .mapToLong(StagePlan::deviceWeightBytes)
                .sum();
    }

    /** Of denoisers some weights are others from now on: they take what is the same as it is. */
    void changeDenoisers() {
        kept.keySet().stream()
                .filter(stage -> stage.kind() == Stage.Kind.DENOISE)
                .forEach(changed::add);
    }

    /** Whether {@link #module} would load. */
    boolean loads(Stage stage) {
        return changed.contains(stage);
    }

    /**
     * What the stage loaded in an earlier run, if it is still there, with its weights as they are
     * now.
     */
    <M> @Nullable M module(StagePlan how, Function<WeightMemory, M> load) {
        Stage stage = how.stage();
        Kept found = kept.get(stage);
        if (found == null) {
            return null;
        }
        if (!changed.remove(stage)) {
            @SuppressWarnings("unchecked") // what the same stage of the same model loaded
            M module = (M) found.module;
            return module;
        }
        try {
            M module = found.memory.reload(load);
            kept.put(stage, new Kept(module, found.memory, how.deviceWeightBytes()));
            return module;
        } catch (Throwable e) {
            free(stage);
            throw e;
        }
    }

    /** True if this owns the memory from here on. */
    boolean keep(StagePlan stage, Object module, WeightMemory memory) {
        if (!wanted.contains(stage.stage())) {
            return false;
        }
        kept.put(stage.stage(), new Kept(module, memory, stage.deviceWeightBytes()));
        return true;
    }

    private void free(Stage stage) {
        changed.remove(stage);
        Kept old = kept.remove(stage);
        if (old != null) {
            old.memory.close();
        }
    }

    /** Frees all. */
    @Override
    public void close() {
        List.copyOf(kept.keySet()).forEach(this::free);
    }
}
