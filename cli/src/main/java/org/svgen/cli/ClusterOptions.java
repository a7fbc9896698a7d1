package org.svgen.cli;

import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Rules;
import picocli.CommandLine.Option;

/** How attention by clusters of tokens makes them and chooses among them; null is the default. */
final class ClusterOptions {
    @Option(
            names = "--query-clusters",
            paramLabel = "N",
            description =
                    "svg2, ear: clusters of queries in each head. Default: 0, by the number of"
                            + " tokens, 500 at most.")
    @Nullable Integer queryClusters;

    @Option(
            names = "--key-clusters",
            paramLabel = "N",
            description =
                    "svg2, ear: clusters of keys in each head. Default: 0, by the number of tokens,"
                            + " 1000 at most.")
    @Nullable Integer keyClusters;

    @Option(
            names = "--top-p",
            paramLabel = "FRACTION",
            description =
                    "svg2, ear: instead of the density, the share of attention's mass that each"
                            + " cluster of queries is to keep, such as 0.9. Default: 0, by the"
                            + " density.")
    @Nullable Double topP;

    @Option(
            names = "--cluster-iterations",
            paramLabel = "N",
            description =
                    "svg2, ear: steps of k-means when tokens are clustered first; later calls take"
                            + " two. Default: 50.")
    @Nullable Integer clusterIterations;

    @Option(
            names = "--cluster-metric",
            paramLabel = "METRIC",
            description =
                    "svg2, ear: how tokens are compared. euclid: by distance. interaction: by what"
                            + " the other side of attention sees. Default: auto, interaction for"
                            + " ear.")
    @Nullable String clusterMetric;

    @Option(
            names = "--routing",
            paramLabel = "HOW",
            description =
                    "svg2, ear: which clusters of keys are kept. mass: those with most attention."
                            + " error: those whose mean would be furthest off. Default: auto, error"
                            + " for ear.")
    @Nullable String routing;

    void addTo(Given given) {
        given.add(Rules.QUERY_CLUSTERS, queryClusters);
        given.add(Rules.KEY_CLUSTERS, keyClusters);
        given.add(Rules.TOP_P, topP);
        given.add(Rules.CLUSTER_ITERATIONS, clusterIterations);
        given.parse(Rules.CLUSTER_METRIC, clusterMetric);
        given.parse(Rules.ROUTING, routing);
    }
}
