package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * Gives each query cluster the key clusters of greatest score, the lower of equals first, as far as
 * its {@link Limit} goes. Blocks beside the clusters are text: text queries get all blocks, and all
 * queries get text keys. NaN is the greatest score.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record RouteBlocksOp(
        Tensor scores, // F32 [M, Cq, Ck]
        @Nullable Tensor masses, // F32 [M, Cq, Ck], of a limit by mass; null: the scores are
        Tensor bounds, // I32 [M, key blocks + 1]
        int first, // the block that is cluster 0, of queries and of keys
        Limit limit,
        Tensor bits) // I32 [M, query blocks, words]: bit j % 32 of word j / 32 is key block j
        implements Op {
    /** Clusters of keys that a device sorts at once. */
    public static final int MOST_CLUSTERS = 4096;

    public RouteBlocksOp {
        Check.rank("scores", scores, 3);
        Check.rank("bits", bits, 3);
        Check.shape("masses", masses, scores.shape().dims());
        Clustering.bounds(bounds, scores.size(0), first, scores.size(2));
        Check.that(scores.size(2) <= MOST_CLUSTERS, "scores %s: at most %s", scores, MOST_CLUSTERS);
        Check.that(bounds.size(1) - 3 <= scores.size(2), "bounds %s, scores %s", bounds, scores);
        int words = Math.ceilDiv(bounds.size(1) - 1, 32);
        Check.shape("bits", bits, scores.size(0), bits.size(1), words);
        Check.that(
                first + scores.size(1) <= bits.size(1),
                "query clusters %s to %s, bits %s",
                first,
                first + scores.size(1),
                bits);
    }

    /**
     * Where a query cluster's list ends.
     *
     * @param mass it ends behind the first cluster with which it holds more than this share of the
     *     mass; sorted by something else, behind the first with which it has as many keys as that
     *     list has; 0 where keys are counted
     * @param keys about so many keys of clusters, the last one taken if that comes nearer
     * @param floor at least so many clusters, and at least one
     * @param own whether the cluster of keys with the number of the query cluster comes before all
     */
    public record Limit(double mass, double keys, int floor, boolean own) {
        /** Checks that there is one limit. */
        public Limit {
            Check.that(
                    mass >= 0 && mass <= 1 && keys >= 0 && floor >= 0,
                    "mass %s, keys %s, floor %s",
                    mass,
                    keys,
                    floor);
        }

        /**
         * Of clusters that have nothing to do with each other.
         *
         * @param mass share of the mass
         * @param keys number of keys
         * @param floor at least so many clusters
         */
        public Limit(double mass, double keys, int floor) {
            this(mass, keys, floor, false);
        }
    }

    @Override
    public String name() {
        return "routeBlocks";
    }

    @Override
    public RouteBlocksOp on(UnaryOperator<Tensor> tensors) {
        return new RouteBlocksOp(
                tensors.apply(scores),
                Operands.on(masses, tensors),
                tensors.apply(bounds),
                first,
                limit,
                tensors.apply(bits));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), scores, masses, bounds, bits);
    }

    @Override
    public RouteBlocksOp part(double share) {
        return this;
    }

    @Override
    public int @Nullable [] numbers(Tensor operand) {
        return Clustering.numbers(bounds, operand);
    }
}
