package org.svgen.pipeline;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.svgen.pipeline.AttentionSettings.BlockOrder;
import org.svgen.pipeline.AttentionSettings.Budget;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.AttentionSettings.Precision;
import org.svgen.pipeline.AttentionSettings.QueryBlock;
import org.svgen.pipeline.AttentionSettings.Tail;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Message;

/** Makes {@link AttentionSettings}, each part by its name. */
public final class AttentionBuilder {
    private Mode mode;
    private double density;
    private Amount denseSteps;
    private Amount denseLayers;
    private double headTolerance;
    private int sampledRows;
    private Budget budget;
    private double maxError;
    private int auditRows;
    private Precision attentionDtype;
    private double targetPsnr;
    private Tail tail;
    private OptionalDouble tau;
    private BlockOrder blockOrder;
    private QueryBlock queryBlock;
    private List<Integer> tile;
    private Optional<Calibration> calibration;
    private ClusterSettings clusters;

    AttentionBuilder(AttentionSettings settings) {
        this.mode = settings.mode();
        this.density = settings.density();
        this.denseSteps = settings.denseSteps();
        this.denseLayers = settings.denseLayers();
        this.headTolerance = settings.headTolerance();
        this.sampledRows = settings.sampledRows();
        this.budget = settings.budget();
        this.maxError = settings.maxError();
        this.auditRows = settings.auditRows();
        this.attentionDtype = settings.attentionDtype();
        this.targetPsnr = settings.targetPsnr();
        this.tail = settings.tail();
        this.tau = settings.tau();
        this.blockOrder = settings.blockOrder();
        this.queryBlock = settings.queryBlock();
        this.tile = settings.tile();
        this.calibration = settings.calibration();
        this.clusters = settings.clusters();
    }

    /**
     * {@return which heads attend how}
     *
     * @param mode what each head attends to
     */
    public AttentionBuilder mode(Mode mode) {
        this.mode = Objects.requireNonNull(mode, "mode");
        return this;
    }

    /**
     * {@return the fraction of query-key pairs to keep in sparse calls, in (0, 1]}
     *
     * @param density fraction of query-key pairs to keep in sparse calls
     */
    public AttentionBuilder density(double density) {
        this.density = density;
        return this;
    }

    /**
     * {@return the warm-up: steps that attend densely, from the first}
     *
     * @param denseSteps leading steps that attend densely
     */
    public AttentionBuilder denseSteps(Amount denseSteps) {
        this.denseSteps = Objects.requireNonNull(denseSteps, "denseSteps");
        return this;
    }

    /**
     * {@return layers that always attend densely, from the first}
     *
     * @param denseLayers leading layers that attend densely
     */
    public AttentionBuilder denseLayers(Amount denseLayers) {
        this.denseLayers = Objects.requireNonNull(denseLayers, "denseLayers");
        return this;
    }

    /**
     * {@return the relative error from which on a head stays dense; infinity leaves none dense}
     *
     * @param headTolerance how much worse than dense a sampled head may be, as a factor of its
     *     error
     */
    public AttentionBuilder headTolerance(double headTolerance) {
        this.headTolerance = headTolerance;
        return this;
    }

    /**
     * {@return query rows that each call's profile looks at}
     *
     * @param sampledRows query rows by which heads are told apart
     */
    public AttentionBuilder sampledRows(int sampledRows) {
        this.sampledRows = sampledRows;
        return this;
    }

    /**
     * {@return how the density is spent}
     *
     * @param budget how heads and steps share the density
     */
    public AttentionBuilder budget(Budget budget) {
        this.budget = Objects.requireNonNull(budget, "budget");
        return this;
    }

    /**
     * {@return the most error of the run's attention; infinity is no limit}
     *
     * @param maxError as {@link Report.Receipt#error} measures it
     */
    public AttentionBuilder maxError(double maxError) {
        this.maxError = maxError;
        return this;
    }

    /**
     * {@return query rows of each call on which errors are measured beside those that choose}
     *
     * @param auditRows how many; 0 measures none
     */
    public AttentionBuilder auditRows(int auditRows) {
        this.auditRows = auditRows;
        return this;
    }

    /**
     * {@return in what attention multiplies}
     *
     * @param attentionDtype 8 bits where layers and device have it, or as the layers
     */
    public AttentionBuilder attentionDtype(Precision attentionDtype) {
        this.attentionDtype = Objects.requireNonNull(attentionDtype, "attentionDtype");
        return this;
    }

    /**
     * {@return the PSNR against dense attention to aim at, in dB; a limit of error that was set
     * before is taken back}
     *
     * @param targetPsnr 0 aims at none
     */
    public AttentionBuilder targetPsnr(double targetPsnr) {
        this.targetPsnr = targetPsnr;
        this.maxError = Double.POSITIVE_INFINITY;
        return this;
    }

    /**
     * {@return whether means of blocks of keys stand in for what is left out}
     *
     * @param tail yes, no, or as the mode has it
     */
    public AttentionBuilder tail(Tail tail) {
        this.tail = Objects.requireNonNull(tail, "tail");
        return this;
    }

    /**
     * {@return by how many standard deviations the score of a block has to be above the mean}
     *
     * @param tau none: as it takes for the density
     */
    public AttentionBuilder tau(OptionalDouble tau) {
        this.tau = Objects.requireNonNull(tau, "tau");
        return this;
    }

    /**
     * {@return how video tokens are cut into blocks}
     *
     * @param blockOrder the order of tokens
     */
    public AttentionBuilder blockOrder(BlockOrder blockOrder) {
        this.blockOrder = Objects.requireNonNull(blockOrder, "blockOrder");
        return this;
    }

    /**
     * {@return which queries share a list of blocks of keys}
     *
     * @param queryBlock how many blocks of queries
     */
    public AttentionBuilder queryBlock(QueryBlock queryBlock) {
        this.queryBlock = Objects.requireNonNull(queryBlock, "queryBlock");
        return this;
    }

    /**
     * {@return how the video is cut into tiles}
     *
     * @param tile tokens of a tile along frames, rows and columns; empty: as fits the video
     */
    public AttentionBuilder tile(List<Integer> tile) {
        this.tile = List.copyOf(tile);
        return this;
    }

    /**
     * {@return what a target of PSNR goes by}
     *
     * @param calibration of the model
     */
    public AttentionBuilder calibration(Calibration calibration) {
        this.calibration = Optional.of(calibration);
        return this;
    }

    /**
     * {@return how modes that cluster tokens do it}
     *
     * @param clusters what is clustered and how
     */
    public AttentionBuilder clusters(ClusterSettings clusters) {
        this.clusters = Objects.requireNonNull(clusters, "clusters");
        return this;
    }

    /** {@return how modes that cluster tokens do it} */
    ClusterSettings clusters() {
        return clusters;
    }

    /** The limit that a target comes to, unless there is one already. */
    private double limit() {
        if (targetPsnr <= 0
                || maxError < Double.POSITIVE_INFINITY
                || !AttentionSettings.spends(mode, budget)) {
            return maxError;
        }
        Rules.TARGET_PSNR.require(targetPsnr);
        return calibration
                .orElseThrow(() ->
                        BadInputException.of(
                                Rules.TARGET_PSNR.field(),
                                "a calibration of the model",
                                "none",
                                Message.of(
                                        "%s %s: expected a calibration (%s, or calibration.json in"
                                                + " the model's folder), found none; the preset"
                                                + " calibrate of svgen study makes one",
                                        Rules.TARGET_PSNR.field(), targetPsnr, Fields.CALIBRATION)))
                .maxErrorFor(targetPsnr);
    }

    /**
     * {@return the settings}
     *
     * @throws BadInputException if a target is given and no calibration, or is beyond its range
     */
    public AttentionSettings build() {
        return new AttentionSettings(
                mode,
                density,
                denseSteps,
                denseLayers,
                headTolerance,
                sampledRows,
                budget,
                limit(),
                auditRows,
                attentionDtype,
                targetPsnr,
                tail,
                tau,
                blockOrder,
                queryBlock,
                tile,
                calibration,
                clusters);
    }
}
