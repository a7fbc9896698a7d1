package org.svgen.pipeline;

import static org.svgen.pipeline.Rules.AUDIT_ROWS;
import static org.svgen.pipeline.Rules.BLOCK_ORDER;
import static org.svgen.pipeline.Rules.BUDGET;
import static org.svgen.pipeline.Rules.CLUSTER_ITERATIONS;
import static org.svgen.pipeline.Rules.CLUSTER_METRIC;
import static org.svgen.pipeline.Rules.DENSE_LAYERS;
import static org.svgen.pipeline.Rules.DENSE_STEPS;
import static org.svgen.pipeline.Rules.DENSITY;
import static org.svgen.pipeline.Rules.HEAD_TOLERANCE;
import static org.svgen.pipeline.Rules.KEY_CLUSTERS;
import static org.svgen.pipeline.Rules.MAX_ERROR;
import static org.svgen.pipeline.Rules.QUERY_BLOCK;
import static org.svgen.pipeline.Rules.QUERY_CLUSTERS;
import static org.svgen.pipeline.Rules.ROUTING;
import static org.svgen.pipeline.Rules.SAMPLED_ROWS;
import static org.svgen.pipeline.Rules.TAIL;
import static org.svgen.pipeline.Rules.TARGET_PSNR;
import static org.svgen.pipeline.Rules.TAU;
import static org.svgen.pipeline.Rules.TILE;
import static org.svgen.pipeline.Rules.TOP_P;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.setting.Rule;

/** What a request says of attention and of caches that its mode and its cache have no use for. */
public final class UnusedSettings {
    /** Those of attention that not every mode has. */
    static final Set<Rule<?>> OF_ATTENTION =
            Set.of(
                    DENSITY,
                    DENSE_STEPS,
                    DENSE_LAYERS,
                    HEAD_TOLERANCE,
                    SAMPLED_ROWS,
                    BUDGET,
                    MAX_ERROR,
                    TARGET_PSNR,
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
                    ROUTING);

    private static final Set<Rule<?>> OF_CACHES =
            Set.of(Rules.CACHE_THRESHOLD, Rules.CACHE_WARM_UP, Rules.CACHE_IN_A_ROW);

    private UnusedSettings() {}

    /**
     * {@return which settings of attention a mode goes by, of those that not every mode has}
     *
     * @param mode of attention
     */
    public static Set<Rule<?>> used(Mode mode) {
        return switch (Objects.requireNonNull(mode, "mode")) {
            case DENSE -> Set.of(DENSE_STEPS, DENSE_LAYERS); // which hold by themselves
            case SVG ->
                    Set.of(
                            DENSITY,
                            DENSE_STEPS,
                            DENSE_LAYERS,
                            HEAD_TOLERANCE,
                            SAMPLED_ROWS,
                            BUDGET,
                            MAX_ERROR,
                            TARGET_PSNR,
                            AUDIT_ROWS,
                            TAIL);
            case SVG_OFFICIAL -> Set.of(DENSITY, DENSE_STEPS, DENSE_LAYERS, SAMPLED_ROWS);
            case SPATIAL, TEMPORAL -> Set.of(DENSITY, DENSE_STEPS, DENSE_LAYERS, TAIL);
            case PAB -> Set.of(DENSITY, DENSE_STEPS);
            case SOL ->
                    Set.of(DENSITY, DENSE_STEPS, DENSE_LAYERS, TAIL, TAU, BLOCK_ORDER, QUERY_BLOCK);
            case TOPK -> Set.of(DENSITY, DENSE_STEPS, DENSE_LAYERS, TAIL, BLOCK_ORDER);
            case MINFERENCE -> Set.of(DENSITY, DENSE_STEPS, DENSE_LAYERS, TAIL);
            case STA -> Set.of(DENSITY, DENSE_STEPS, DENSE_LAYERS, TAIL, TILE);
            case SVG2, EAR ->
                    Set.of(
                            DENSITY,
                            DENSE_STEPS,
                            DENSE_LAYERS,
                            BUDGET,
                            TAIL,
                            QUERY_CLUSTERS,
                            KEY_CLUSTERS,
                            TOP_P,
                            CLUSTER_ITERATIONS,
                            CLUSTER_METRIC,
                            ROUTING);
        };
    }

    /**
     * {@return what is not used though it was asked for, a line each; what a model recommends was
     * not asked for}
     *
     * @param request that was asked for
     * @param defaults what the model recommends
     */
    public static List<String> of(Request request, Defaults defaults) {
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(defaults, "defaults");
        Request plain = Request.builder(defaults).build();
        AttentionSettings attention = request.attention();
        Set<Rule<?>> used = used(attention.mode());
        List<String> lines = new ArrayList<>();
        for (RequestPart<?> part : RequestPart.ALL) {
            Rule<?> rule = part.rule();
            if (part.plain(request).equals(part.plain(plain))) {
                continue;
            }
            String name = rule.key().replace('_', ' ');
            if (OF_ATTENTION.contains(rule) && !used.contains(rule)) {
                lines.add(name + " is not used: this attention has no such setting");
            } else if (OF_CACHES.contains(rule)
                    && request.cache().kind() == CacheSettings.Kind.NONE) {
                lines.add(name + " is not used without a cache");
            } else if (rule.equals(DENSITY)) {
                inItsPlace(attention)
                        .map(other -> name + " is not used with " + other)
                        .forEach(lines::add);
            } else if (rule.equals(BUDGET)
                    && !attention.mode().budgets().contains(attention.budget())) {
                lines.add(
                        "%s %s is not used: this attention has %s"
                                .formatted(
                                        name,
                                        attention.budget(),
                                        attention.mode().budgets().stream()
                                                .map(String::valueOf)
                                                .collect(Collectors.joining(" and "))));
            } else if (rule.equals(AUDIT_ROWS) && attention.hasTail()) {
                lines.add(name + " is not used with a tail: errors are measured without one");
            }
        }
        if (attention.mode() != Mode.SVG
                && !attention.calibration().equals(plain.attention().calibration())) {
            lines.add(
                    "%s is not used: this attention has no such setting"
                            .formatted(Fields.CALIBRATION));
        }
        return lines;
    }

    /** What says how much is kept instead of the density. */
    private static Stream<String> inItsPlace(AttentionSettings attention) {
        Set<Rule<?>> used = used(attention.mode());
        if (used.contains(TAU) && attention.tau().isPresent()) {
            return Stream.of("tau");
        }
        return used.contains(TOP_P) && attention.clusters().topP() > 0
                ? Stream.of("top p")
                : Stream.empty();
    }
}
