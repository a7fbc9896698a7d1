package org.svgen.run;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.Budget;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.ClusterSettings;
import org.svgen.pipeline.Rules;
import org.svgen.pipeline.StepListener;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.ClusterAttention;
import org.svgen.sparse.ClusterMemory;
import org.svgen.sparse.ClusterRules;
import org.svgen.sparse.ClusterShares;
import org.svgen.sparse.RowSource;
import org.svgen.sparse.SnrSchedule;
import org.svgen.sparse.VideoGeometry;
import org.svgen.sparse.WarmUp;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;
import org.svgen.tensor.Message;
import org.svgen.tensor.device.Workspace;

/** Attention by clusters of tokens, as the settings of a request ask for it. */
final class ClusterPolicies {
    /** Published counts of clusters are about these multiples of the root of the tokens. */
    private static final double QUERIES = 1.25;

    private static final double KEYS = 3;
    private static final int MOST_QUERIES = 500;
    private static final int MOST_KEYS = 1000;

    /** Of k-means at later steps (SVG2). */
    private static final int LATER_ITERATIONS = 2;

    /** The same where means stand in for what is left out: a second is worth nothing there. */
    private static final int LATER_ITERATIONS_OF_EAR = 1;

    /** Fraction of the clusters of keys that is kept at least, where mass is counted (SVG2). */
    private static final double FLOOR = 0.1;

    private ClusterPolicies() {}

    static boolean meant(AttentionSettings settings) {
        return switch (settings.mode()) {
            case SVG2, EAR -> true;
            case DENSE, SOL, TOPK, MINFERENCE, STA, SVG, SVG_OFFICIAL, SPATIAL, TEMPORAL, PAB ->
                    false;
        };
    }

    static AttentionPolicy create(
            AttentionSettings settings,
            AttentionPolicies.Run run,
            WarmUp warmUp,
            Workspace workspace,
            Arena host,
            StepListener listener) {
        DenoiserShape shape = run.shape();
        VideoGeometry g = shape.geometry();
        ClusterRules rules = rules(settings, g);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(run.seed());
        int[] queries = RowSource.stratified(g, rules.queries(), random).rows();
        int[] keys = RowSource.stratified(g, rules.keys(), random).rows();
        double least = ClusterShares.least(g);
        if (settings.clusters().topP() == 0 && settings.density() < least) {
            listener.note(
                    "density %.3f cannot be reached: the text alone keeps %.3f"
                            .formatted(settings.density(), least));
        }
        ClusterMemory.Sizes sizes =
                new ClusterMemory.Sizes(
                        shape.layers(), shape.branches(), shape.heads(), shape.headDim());
        return new ClusterAttention(
                g,
                rules,
                shares(settings, run),
                warmUp,
                AttentionPrecisions.of(settings).warmUp(),
                ClusterMemory.allocate(workspace, host, sizes, g, queries, keys),
                workspace.backend(),
                run.statistics());
    }

    private static ClusterRules rules(AttentionSettings settings, VideoGeometry g) {
        ClusterSettings clusters = settings.clusters();
        boolean ear = settings.mode() == Mode.EAR;
        int tokens = g.videoTokens();
        return new ClusterRules(
                count(
                        Rules.QUERY_CLUSTERS.field(),
                        clusters.queryClusters(),
                        tokens,
                        QUERIES,
                        MOST_QUERIES),
                count(Rules.KEY_CLUSTERS.field(), clusters.keyClusters(), tokens, KEYS, MOST_KEYS),
                clusters.clusterIterations(),
                ear ? LATER_ITERATIONS_OF_EAR : LATER_ITERATIONS,
                switch (clusters.clusterMetric()) {
                    case AUTO -> ear ? ClusterRules.Metric.INTERACTION : ClusterRules.Metric.EUCLID;
                    case EUCLID -> ClusterRules.Metric.EUCLID;
                    case INTERACTION -> ClusterRules.Metric.INTERACTION;
                },
                switch (clusters.routing()) {
                    case AUTO -> ear ? ClusterRules.Routing.ERROR : ClusterRules.Routing.MASS;
                    case MASS -> ClusterRules.Routing.MASS;
                    case ERROR -> ClusterRules.Routing.ERROR;
                },
                settings.hasTail());
    }

    private static int count(Field field, int asked, int tokens, double factor, int most) {
        if (asked > tokens) {
            throw BadInputException.of(
                    field,
                    "at most %d, the video's tokens".formatted(tokens),
                    String.valueOf(asked),
                    Message.of(
                            "%s %s: expected at most %s, as many tokens as the video has",
                            field, asked, tokens));
        }
        int usual = (int) Math.clamp(Math.round(factor * Math.sqrt(tokens)), 1, most);
        return asked > 0 ? asked : Math.min(usual, tokens);
    }

    /** Steps get alike, or noisy steps more. */
    private static ClusterShares shares(AttentionSettings settings, AttentionPolicies.Run run) {
        double[] logSnr = run.logSnr();
        int steps = run.course().timesteps().length;
        double top = settings.clusters().topP();
        double[] shares = new double[steps];
        double[] floor = new double[steps];
        Arrays.fill(shares, top > 0 ? top : settings.density());
        if (settings.budget() == Budget.SNR && logSnr.length == steps) {
            int first = settings.denseSteps().of(steps);
            if (top > 0) {
                SnrSchedule.fall(shares, logSnr, first);
            } else {
                SnrSchedule.spread(shares, logSnr, first);
            }
        }
        for (int step = 0; step < steps && top > 0; step++) {
            floor[step] = FLOOR * shares[step] / top;
        }
        return new ClusterShares(top > 0, shares, floor);
    }
}
