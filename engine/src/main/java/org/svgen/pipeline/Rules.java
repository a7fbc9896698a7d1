package org.svgen.pipeline;

import java.util.List;
import java.util.OptionalDouble;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.setting.Rule;
import org.svgen.setting.Values;
import org.svgen.tensor.DType;
import org.svgen.tensor.Field;
import org.svgen.tensor.op.RouteBlocksOp;

/** What the fields take that requests to all models have. */
public final class Rules {
    /** What the video shows. */
    public static final Rule<String> PROMPT = new Rule<>(new Field("prompt"), Values.texts());

    /** What guidance leads away from. */
    public static final Rule<String> NEGATIVE_PROMPT =
            new Rule<>(new Field("negativePrompt"), Values.texts());

    /** Width in pixels. */
    public static final Rule<Integer> WIDTH = new Rule<>(new Field("width"), Values.wholeFrom(1));

    /** Height in pixels. */
    public static final Rule<Integer> HEIGHT = new Rule<>(new Field("height"), Values.wholeFrom(1));

    /** Number of frames. */
    public static final Rule<Integer> FRAMES = new Rule<>(new Field("frames"), Values.wholeFrom(1));

    /** Frames per second. */
    public static final Rule<Double> FPS =
            new Rule<>(new Field("fps"), Values.numbersAbove(0, 1000));

    /** Denoising steps; the model's scheduler has a most of its own. */
    public static final Rule<Integer> STEPS = new Rule<>(new Field("steps"), Values.wholeFrom(1));

    /** How strongly the prompt steers. */
    public static final Rule<Double> GUIDANCE =
            new Rule<>(new Field("guidance"), Values.numbers(0, 1000));

    /** 64 bits as torch takes them. */
    public static final Rule<Long> SEED = new Rule<>(new Field("seed"), new SeedValues());

    /**
     * What noise and latents are computed in, F32 or BF16, or F8_E4M3, {@code fp8}: products of the
     * denoiser's blocks in 8 bits, noise and latents in F32.
     */
    public static final Rule<DType> DTYPE =
            new Rule<>(
                    new Field("dtype"),
                    Values.named(
                            List.of(DType.F32, DType.BF16, DType.F8_E4M3),
                            type -> type == DType.F8_E4M3 ? "fp8" : type.toString()));

    /** Mode of attention. */
    public static final Rule<Mode> ATTENTION =
            new Rule<>(new Field("attention"), Values.of(List.of(Mode.values())));

    /** Fraction of pairs that sparse calls keep. */
    public static final Rule<Double> DENSITY =
            new Rule<>(new Field("density"), Values.numbersAbove(0, 1));

    /** Leading steps that attend densely. */
    public static final Rule<Amount> DENSE_STEPS =
            new Rule<>(new Field("denseSteps"), new Amounts());

    /** Leading layers that attend densely. */
    public static final Rule<Amount> DENSE_LAYERS =
            new Rule<>(new Field("denseLayers"), new Amounts());

    /** How much worse than dense a head may be; infinity leaves none dense. */
    public static final Rule<Double> HEAD_TOLERANCE =
            new Rule<>(new Field("headTolerance"), Values.numbers(0, Double.POSITIVE_INFINITY));

    /** Query rows by which heads are told apart. */
    public static final Rule<Integer> SAMPLED_ROWS =
            new Rule<>(new Field("sampledRows"), Values.wholeFrom(1));

    /** Clusters of queries; 0 goes by the number of tokens. */
    public static final Rule<Integer> QUERY_CLUSTERS =
            new Rule<>(new Field("queryClusters"), Values.wholeFrom(0));

    /** Clusters of keys; 0 goes by the number of tokens. */
    public static final Rule<Integer> KEY_CLUSTERS =
            new Rule<>(new Field("keyClusters"), Values.whole(0, RouteBlocksOp.MOST_CLUSTERS));

    /** The share of attention's mass that clusters of queries keep; 0 goes by the density. */
    public static final Rule<Double> TOP_P = new Rule<>(new Field("topP"), Values.numbers(0, 1));

    /** Steps of k-means at first. */
    public static final Rule<Integer> CLUSTER_ITERATIONS =
            new Rule<>(new Field("clusterIterations"), Values.wholeFrom(1));

    /** How tokens and centroids are compared. */
    public static final Rule<ClusterSettings.Metric> CLUSTER_METRIC =
            new Rule<>(
                    new Field("clusterMetric"),
                    Values.of(List.of(ClusterSettings.Metric.values())));

    /** What clusters of keys are chosen by. */
    public static final Rule<ClusterSettings.Routing> ROUTING =
            new Rule<>(new Field("routing"), Values.of(List.of(ClusterSettings.Routing.values())));

    /** What decides which steps are skipped. */
    public static final Rule<CacheSettings.Kind> CACHE =
            new Rule<>(new Field("cache"), Values.of(List.of(CacheSettings.Kind.values())));

    /** What a cache's figure is compared with; each kind has limits of its own. */
    public static final Rule<OptionalDouble> CACHE_THRESHOLD =
            new Rule<>(
                    new Field("cacheThreshold"),
                    Values.numbersOrAuto(0, CacheSettings.MOST_THRESHOLD));

    /** Leading steps that are never skipped. */
    public static final Rule<Amount> CACHE_WARM_UP =
            new Rule<>(new Field("cacheWarmUp"), new Amounts());

    /** How many steps may be skipped one after the other. */
    public static final Rule<Integer> CACHE_IN_A_ROW =
            new Rule<>(new Field("cacheInARow"), Values.wholeFrom(1));

    /** How the density is spent. */
    public static final Rule<AttentionSettings.Budget> BUDGET =
            new Rule<>(new Field("budget"), Values.of(List.of(AttentionSettings.Budget.values())));

    /** The most error of a run's attention; infinity is no limit. */
    public static final Rule<Double> MAX_ERROR =
            new Rule<>(new Field("maxError"), Values.numbersAbove(0, Double.POSITIVE_INFINITY));

    /** The PSNR against dense attention to aim at, in dB; 0 aims at none. */
    public static final Rule<Double> TARGET_PSNR =
            new Rule<>(new Field("targetPsnr"), Values.numbers(0, 150));

    /** Query rows on which errors are measured beside those by which heads are told apart. */
    public static final Rule<Integer> AUDIT_ROWS =
            new Rule<>(new Field("auditRows"), Values.wholeFrom(0));

    /** In what attention multiplies. */
    public static final Rule<AttentionSettings.Precision> ATTENTION_DTYPE =
            new Rule<>(
                    new Field("attentionDtype"),
                    Values.of(List.of(AttentionSettings.Precision.values())));

    /** Whether means of blocks stand in for what is left out. */
    public static final Rule<AttentionSettings.Tail> TAIL =
            new Rule<>(new Field("tail"), Values.of(List.of(AttentionSettings.Tail.values())));

    /**
     * Standard deviations that the score of a block has to be above the mean; beyond these, all
     * blocks are kept or none.
     */
    public static final Rule<OptionalDouble> TAU =
            new Rule<>(new Field("tau"), Values.numbersOrAuto(-10, 10));

    /** How video tokens are cut into blocks. */
    public static final Rule<AttentionSettings.BlockOrder> BLOCK_ORDER =
            new Rule<>(
                    new Field("blockOrder"),
                    Values.of(List.of(AttentionSettings.BlockOrder.values())));

    /** Which queries share a list of blocks of keys. */
    public static final Rule<AttentionSettings.QueryBlock> QUERY_BLOCK =
            new Rule<>(
                    new Field("queryBlock"),
                    Values.of(List.of(AttentionSettings.QueryBlock.values())));

    /** Tokens of a tile along frames, rows and columns. */
    public static final Rule<List<Integer>> TILE =
            new Rule<>(new Field("tile"), Values.sizesOrAuto(3));

    /** Those that a model can recommend a value for. */
    public static final List<Rule<?>> RECOMMENDED =
            List.of(
                    WIDTH,
                    HEIGHT,
                    FRAMES,
                    FPS,
                    STEPS,
                    GUIDANCE,
                    DENSITY,
                    DENSE_STEPS,
                    DENSE_LAYERS,
                    HEAD_TOLERANCE,
                    SAMPLED_ROWS,
                    BUDGET,
                    TARGET_PSNR,
                    MAX_ERROR,
                    AUDIT_ROWS,
                    TAIL,
                    TAU,
                    BLOCK_ORDER,
                    QUERY_BLOCK,
                    TILE,
                    QUERY_CLUSTERS,
                    KEY_CLUSTERS,
                    TOP_P,
                    CLUSTER_ITERATIONS,
                    CLUSTER_METRIC,
                    ROUTING,
                    CACHE,
                    CACHE_THRESHOLD,
                    CACHE_WARM_UP,
                    CACHE_IN_A_ROW);

    private Rules() {}

    /** {@return all of them} */
    public static List<Rule<?>> all() {
        return RequestPart.ALL.stream().<Rule<?>>map(RequestPart::rule).toList();
    }
}
