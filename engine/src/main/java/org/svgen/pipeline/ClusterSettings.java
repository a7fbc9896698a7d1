package org.svgen.pipeline;

/**
 * How {@link AttentionSettings.Mode#SVG2} and {@link AttentionSettings.Mode#EAR} cluster tokens and
 * choose among clusters.
 *
 * @param queryClusters clusters of queries in each head; 0 goes by the number of tokens
 * @param keyClusters clusters of keys in each head; 0 goes by the number of tokens
 * @param topP the share of attention's mass that each cluster of queries is to keep; 0 goes by the
 *     density
 * @param clusterIterations of k-means at the first sparse step; later steps take two, with means of
 *     what is left out one
 * @param clusterMetric how tokens and centroids are compared
 * @param routing what clusters of keys are chosen by
 */
public record ClusterSettings(
        int queryClusters,
        int keyClusters,
        double topP,
        int clusterIterations,
        Metric clusterMetric,
        Routing routing) {
    /** By the number of tokens, by the density, as the mode has it. */
    public static final ClusterSettings DEFAULT =
            new ClusterSettings(0, 0, 0, 50, Metric.AUTO, Routing.AUTO);

    /** Checks what each field takes. */
    public ClusterSettings {
        Rules.QUERY_CLUSTERS.require(queryClusters);
        Rules.KEY_CLUSTERS.require(keyClusters);
        Rules.TOP_P.require(topP);
        Rules.CLUSTER_ITERATIONS.require(clusterIterations);
        Rules.CLUSTER_METRIC.require(clusterMetric);
        Rules.ROUTING.require(routing);
    }

    /** How tokens and centroids are compared. */
    public enum Metric {
        /** Interaction in {@link AttentionSettings.Mode#EAR}, otherwise Euclid's. */
        AUTO("auto"),
        /** By their squared distance. */
        EUCLID("euclid"),
        /** By what the other side of attention sees of the difference (iCATS). */
        INTERACTION("interaction");

        private final String text;

        Metric(String text) {
            this.text = text;
        }

        /** As the command line names it. */
        @Override
        public String toString() {
            return text;
        }
    }

    /** What clusters of keys are chosen by. */
    public enum Routing {
        /** The error in {@link AttentionSettings.Mode#EAR}, otherwise the mass. */
        AUTO("auto"),
        /** How much attention they get. */
        MASS("mass"),
        /** How far off their mean would be in their place. */
        ERROR("error");

        private final String text;

        Routing(String text) {
            this.text = text;
        }

        /** As the command line names it. */
        @Override
        public String toString() {
            return text;
        }
    }
}
