package org.svgen.pipeline;

import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.svgen.setting.Rule;

/**
 * A field of requests to all models, and its place in {@link Request} and {@link RequestBuilder}:
 * the list from which recipes and doors that know fields by name go.
 *
 * @param <T> type of the field
 */
record RequestPart<T>(Rule<T> rule, Function<Request, T> from, BiConsumer<RequestBuilder, T> into) {
    /** In the order of recipes. */
    static final List<RequestPart<?>> ALL =
            List.of(
                    new RequestPart<>(Rules.PROMPT, Request::prompt, RequestBuilder::prompt),
                    new RequestPart<>(
                            Rules.NEGATIVE_PROMPT,
                            Request::negativePrompt,
                            RequestBuilder::negativePrompt),
                    new RequestPart<>(Rules.WIDTH, Request::width, RequestBuilder::width),
                    new RequestPart<>(Rules.HEIGHT, Request::height, RequestBuilder::height),
                    new RequestPart<>(Rules.FRAMES, Request::frames, RequestBuilder::frames),
                    new RequestPart<>(Rules.FPS, Request::fps, RequestBuilder::fps),
                    new RequestPart<>(Rules.STEPS, Request::steps, RequestBuilder::steps),
                    new RequestPart<>(Rules.GUIDANCE, Request::guidance, RequestBuilder::guidance),
                    new RequestPart<>(Rules.SEED, Request::seed, RequestBuilder::seed),
                    attention(Rules.ATTENTION, AttentionSettings::mode, AttentionBuilder::mode),
                    attention(Rules.DENSITY, AttentionSettings::density, AttentionBuilder::density),
                    attention(
                            Rules.DENSE_STEPS,
                            AttentionSettings::denseSteps,
                            AttentionBuilder::denseSteps),
                    attention(
                            Rules.DENSE_LAYERS,
                            AttentionSettings::denseLayers,
                            AttentionBuilder::denseLayers),
                    attention(
                            Rules.HEAD_TOLERANCE,
                            AttentionSettings::headTolerance,
                            AttentionBuilder::headTolerance),
                    attention(
                            Rules.SAMPLED_ROWS,
                            AttentionSettings::sampledRows,
                            AttentionBuilder::sampledRows),
                    attention(Rules.BUDGET, AttentionSettings::budget, AttentionBuilder::budget),
                    // In front of the limit, which a target takes back.
                    attention(
                            Rules.TARGET_PSNR,
                            AttentionSettings::targetPsnr,
                            AttentionBuilder::targetPsnr),
                    attention(
                            Rules.MAX_ERROR,
                            AttentionSettings::maxError,
                            AttentionBuilder::maxError),
                    attention(
                            Rules.AUDIT_ROWS,
                            AttentionSettings::auditRows,
                            AttentionBuilder::auditRows),
                    attention(
                            Rules.ATTENTION_DTYPE,
                            AttentionSettings::attentionDtype,
                            AttentionBuilder::attentionDtype),
                    attention(Rules.TAIL, AttentionSettings::tail, AttentionBuilder::tail),
                    attention(Rules.TAU, AttentionSettings::tau, AttentionBuilder::tau),
                    attention(
                            Rules.BLOCK_ORDER,
                            AttentionSettings::blockOrder,
                            AttentionBuilder::blockOrder),
                    attention(
                            Rules.QUERY_BLOCK,
                            AttentionSettings::queryBlock,
                            AttentionBuilder::queryBlock),
                    attention(Rules.TILE, AttentionSettings::tile, AttentionBuilder::tile),
                    clusters(
                            Rules.QUERY_CLUSTERS,
                            ClusterSettings::queryClusters,
                            (c, value) ->
                                    new ClusterSettings(
                                            value,
                                            c.keyClusters(),
                                            c.topP(),
                                            c.clusterIterations(),
                                            c.clusterMetric(),
                                            c.routing())),
                    clusters(
                            Rules.KEY_CLUSTERS,
                            ClusterSettings::keyClusters,
                            (c, value) ->
                                    new ClusterSettings(
                                            c.queryClusters(),
                                            value,
                                            c.topP(),
                                            c.clusterIterations(),
                                            c.clusterMetric(),
                                            c.routing())),
                    clusters(
                            Rules.TOP_P,
                            ClusterSettings::topP,
                            (c, value) ->
                                    new ClusterSettings(
                                            c.queryClusters(),
                                            c.keyClusters(),
                                            value,
                                            c.clusterIterations(),
                                            c.clusterMetric(),
                                            c.routing())),
                    clusters(
                            Rules.CLUSTER_ITERATIONS,
                            ClusterSettings::clusterIterations,
                            (c, value) ->
                                    new ClusterSettings(
                                            c.queryClusters(),
                                            c.keyClusters(),
                                            c.topP(),
                                            value,
                                            c.clusterMetric(),
                                            c.routing())),
                    clusters(
                            Rules.CLUSTER_METRIC,
                            ClusterSettings::clusterMetric,
                            (c, value) ->
                                    new ClusterSettings(
                                            c.queryClusters(),
                                            c.keyClusters(),
                                            c.topP(),
                                            c.clusterIterations(),
                                            value,
                                            c.routing())),
                    clusters(
                            Rules.ROUTING,
                            ClusterSettings::routing,
                            (c, value) ->
                                    new ClusterSettings(
                                            c.queryClusters(),
                                            c.keyClusters(),
                                            c.topP(),
                                            c.clusterIterations(),
                                            c.clusterMetric(),
                                            value)),
                    cache(Rules.CACHE, CacheSettings::kind, CacheBuilder::kind),
                    cache(Rules.CACHE_THRESHOLD, CacheSettings::threshold, CacheBuilder::threshold),
                    cache(Rules.CACHE_WARM_UP, CacheSettings::warmUp, CacheBuilder::warmUp),
                    cache(Rules.CACHE_IN_A_ROW, CacheSettings::inARow, CacheBuilder::inARow),
                    new RequestPart<>(Rules.DTYPE, Request::dtype, RequestBuilder::dtype));

    private static <T> RequestPart<T> attention(
            Rule<T> rule,
            Function<AttentionSettings, T> from,
            BiConsumer<AttentionBuilder, T> into) {
        return new RequestPart<>(
                rule,
                request -> from.apply(request.attention()),
                (builder, value) -> into.accept(builder.attention(), value));
    }

    private static <T> RequestPart<T> clusters(
            Rule<T> rule,
            Function<ClusterSettings, T> from,
            BiFunction<ClusterSettings, T, ClusterSettings> with) {
        return attention(
                rule,
                settings -> from.apply(settings.clusters()),
                (builder, value) -> builder.clusters(with.apply(builder.clusters(), value)));
    }

    private static <T> RequestPart<T> cache(
            Rule<T> rule, Function<CacheSettings, T> from, BiConsumer<CacheBuilder, T> into) {
        return new RequestPart<>(
                rule,
                request -> from.apply(request.cache()),
                (builder, value) -> into.accept(builder.cache(), value));
    }

    static Optional<RequestPart<?>> of(String name) {
        return ALL.stream().filter(part -> part.rule.name().equals(name)).findFirst();
    }

    /** The value of {@code request} as files hold it. */
    Object plain(Request request) {
        return rule.values().plain(from.apply(request));
    }

    /** Sets a value that a file holds. */
    void set(Object plain, RequestBuilder builder) {
        into.accept(builder, rule.read(plain));
    }
}
