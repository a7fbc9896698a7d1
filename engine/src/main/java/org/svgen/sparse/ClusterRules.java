package org.svgen.sparse;

/**
 * How tokens are clustered, and which clusters of keys a cluster of queries attends to.
 *
 * @param queries clusters of queries
 * @param keys clusters of keys
 * @param firstIterations of k-means at the first sparse call of a layer and branch
 * @param iterations at later calls, which begin with the centroids of the call before
 * @param metric how tokens and centroids are compared
 * @param routing what clusters of keys are chosen by
 * @param tail whether the means of clusters that are not chosen stand in for them
 */
public record ClusterRules(
        int queries,
        int keys,
        int firstIterations,
        int iterations,
        Metric metric,
        Routing routing,
        boolean tail) {
    /** Checks that there are clusters, and that they are moved. */
    public ClusterRules {
        if (queries < 1 || keys < 1 || firstIterations < 1 || iterations < 1) {
            throw new IllegalArgumentException(
                    "%d clusters of queries, %d of keys, %d iterations, then %d"
                            .formatted(queries, keys, firstIterations, iterations));
        }
    }

    /** How tokens and centroids are compared. */
    public enum Metric {
        /** By their squared distance (SVG2). */
        EUCLID,
        /** By what the other side of attention sees of the difference (iCATS). */
        INTERACTION
    }

    /** What clusters of keys are chosen by. */
    public enum Routing {
        /** How much attention their centroid gets for all of them (SVG2). */
        MASS,
        /** How far off their mean would be in their place (SVG-EAR). */
        ERROR
    }
}
