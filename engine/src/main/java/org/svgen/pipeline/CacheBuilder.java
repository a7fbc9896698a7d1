package org.svgen.pipeline;

import java.util.Objects;
import java.util.OptionalDouble;
import org.svgen.pipeline.CacheSettings.Kind;

/** Makes {@link CacheSettings}, each part by its name, in any order. */
public final class CacheBuilder {
    private final CacheSettings before;
    private Kind kind;
    private OptionalDouble threshold;
    private Amount warmUp;
    private int inARow;
    private boolean thresholdSet;

    CacheBuilder(CacheSettings settings) {
        this.before = settings;
        this.kind = settings.kind();
        this.threshold = settings.threshold();
        this.warmUp = settings.warmUp();
        this.inARow = settings.inARow();
    }

    /**
     * {@return what decides which steps are skipped} A threshold that was recommended for another
     * kind is forgotten.
     *
     * @param kind what decides which steps are skipped
     */
    public CacheBuilder kind(Kind kind) {
        this.kind = Objects.requireNonNull(kind, "kind");
        return this;
    }

    /**
     * {@return what the kind's figure is compared with}
     *
     * @param threshold that the kind's figure is compared with; none for what the model recommends
     */
    public CacheBuilder threshold(OptionalDouble threshold) {
        this.threshold = Objects.requireNonNull(threshold, "threshold");
        this.thresholdSet = true;
        return this;
    }

    /**
     * {@return what the kind's figure is compared with}
     *
     * @param threshold that the kind's figure is compared with
     */
    public CacheBuilder threshold(double threshold) {
        return threshold(OptionalDouble.of(threshold));
    }

    /**
     * {@return the steps from the first that are never skipped}
     *
     * @param warmUp leading steps that are computed
     */
    public CacheBuilder warmUp(Amount warmUp) {
        this.warmUp = Objects.requireNonNull(warmUp, "warmUp");
        return this;
    }

    /**
     * {@return how many steps may be skipped one after the other}
     *
     * @param inARow how many steps may be skipped one after the other
     */
    public CacheBuilder inARow(int inARow) {
        this.inARow = inARow;
        return this;
    }

    /**
     * {@return the settings}
     *
     * @throws org.svgen.tensor.BadInputException naming the first field that is wrong
     */
    public CacheSettings build() {
        boolean meant = thresholdSet || kind == before.kind() || before.kind() == Kind.NONE;
        return new CacheSettings(kind, meant ? threshold : OptionalDouble.empty(), warmUp, inARow);
    }
}
