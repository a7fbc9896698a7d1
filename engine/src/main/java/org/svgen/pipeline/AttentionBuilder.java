package org.svgen.pipeline;

import java.util.Objects;
import org.svgen.pipeline.AttentionSettings.Mode;

/** Makes {@link AttentionSettings}, each part by its name. */
public final class AttentionBuilder {
    private Mode mode;
    private double density;
    private Amount denseSteps;
    private Amount denseLayers;
    private double headTolerance;
    private int sampledRows;

    AttentionBuilder(AttentionSettings settings) {
        this.mode = settings.mode();
        this.density = settings.density();
        this.denseSteps = settings.denseSteps();
        this.denseLayers = settings.denseLayers();
        this.headTolerance = settings.headTolerance();
        this.sampledRows = settings.sampledRows();
    }

    /** Which heads attend how. */
    public AttentionBuilder mode(Mode mode) {
        this.mode = Objects.requireNonNull(mode, "mode");
        return this;
    }

    /** The fraction of query-key pairs to keep in sparse calls, in (0, 1]. */
    public AttentionBuilder density(double density) {
        this.density = density;
        return this;
    }

    /** The warm-up: steps that attend densely, from the first. */
    public AttentionBuilder denseSteps(Amount denseSteps) {
        this.denseSteps = Objects.requireNonNull(denseSteps, "denseSteps");
        return this;
    }

    /** Layers that always attend densely, from the first. */
    public AttentionBuilder denseLayers(Amount denseLayers) {
        this.denseLayers = Objects.requireNonNull(denseLayers, "denseLayers");
        return this;
    }

    /** The relative error from which on a head stays dense; infinity leaves none dense. */
    public AttentionBuilder headTolerance(double headTolerance) {
        this.headTolerance = headTolerance;
        return this;
    }

    /** Query rows that each call's profile looks at. */
    public AttentionBuilder sampledRows(int sampledRows) {
        this.sampledRows = sampledRows;
        return this;
    }

    public AttentionSettings build() {
        return new AttentionSettings(
                mode, density, denseSteps, denseLayers, headTolerance, sampledRows);
    }
}
