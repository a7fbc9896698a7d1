package org.svgen.cuda.attention;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.svgen.tensor.op.KeyWalk;
import org.svgen.tensor.op.KeyWalk.Piece;
import org.svgen.tensor.op.ProfileOp;

/**
 * Walks over the keys as numbers that kernels read, {@code Walks} in profile_walk.cuh: four a walk,
 * then the sampled queries of each, the first piece of each walk, split and row, the first piece of
 * each sampled row, and four numbers a piece. Pieces are cut at the borders of splits.
 *
 * @param walks how many
 * @param rows how many are sampled
 * @param splits of the keys of each walk
 * @param pieces how many
 * @param numbers all of it
 */
record WalkTables(int walks, int rows, int splits, int pieces, int[] numbers) {
    /** Keys of a tile: splits are whole tiles. */
    static final int KEYS = 64;

    private static final int WALK = 4;
    private static final int PIECE = 4;

    static WalkTables of(List<KeyWalk> walks, ProfileOp op, int splits) {
        return new Writer(walks, op.rows(), splits).write();
    }

    /** Where the sampled queries begin; before them stand the walks. */
    int queriesAt() {
        return WALK * walks;
    }

    /** Where the first pieces of walks, splits and rows begin. */
    int cursorsAt() {
        return queriesAt() + walks * rows;
    }

    /** Where the first pieces of rows begin. */
    int rowPiecesAt() {
        return cursorsAt() + walks * (splits + 1) * rows;
    }

    /** Where the pieces begin, at a multiple of 4. */
    int piecesAt() {
        return Math.ceilDiv(rowPiecesAt() + rows + 1, PIECE) * PIECE;
    }

    /**
     * Bytes of what walks find: of each head and piece its sums, a maximum and a sum of weights.
     */
    long partialBytes(int heads, int dim) {
        return (long) heads * pieces * (dim + 2) * Float.BYTES;
    }

    private static final class Writer {
        private final List<KeyWalk> walks;
        private final int[] sampled;
        private final int splits;
        private final int[] ends; // of the walks
        private final int[] cursors;
        private final int[] rowPieces;
        private int[] pieces = new int[1024];
        private int count;

        Writer(List<KeyWalk> walks, int[] sampled, int splits) {
            this.walks = walks;
            this.sampled = sampled;
            this.splits = splits;
            ends = walks.stream().mapToInt(KeyWalk::end).toArray();
            cursors = new int[walks.size() * (splits + 1) * sampled.length];
            rowPieces = new int[sampled.length + 1];
        }

        WalkTables write() {
            int[] queries = new int[walks.size() * sampled.length];
            List<int[]> places = new ArrayList<>(); // of each walk: where each sampled row stands
            for (int w = 0; w < walks.size(); w++) {
                int[] place = new int[sampled.length];
                for (int i = 0; i < sampled.length; i++) {
                    int index = walks.get(w).rows().get(i).index();
                    place[index] = i;
                    queries[w * sampled.length + i] = sampled[index];
                }
                places.add(place);
            }
            for (int row = 0; row < sampled.length; row++) {
                rowPieces[row] = count;
                for (int w = 0; w < walks.size(); w++) {
                    add(w, places.get(w)[row]);
                }
            }
            rowPieces[sampled.length] = count;
            WalkTables sizes = new WalkTables(walks.size(), sampled.length, splits, count, cursors);
            int[] all = new int[sizes.piecesAt() + PIECE * count];
            for (int w = 0; w < walks.size(); w++) {
                KeyWalk walk = walks.get(w);
                all[WALK * w] = walk.order().start();
                all[WALK * w + 1] = walk.order().rows();
                all[WALK * w + 2] = walk.order().columns();
                all[WALK * w + 3] = ends[w];
            }
            System.arraycopy(queries, 0, all, sizes.queriesAt(), queries.length);
            System.arraycopy(cursors, 0, all, sizes.cursorsAt(), cursors.length);
            System.arraycopy(rowPieces, 0, all, sizes.rowPiecesAt(), rowPieces.length);
            System.arraycopy(pieces, 0, all, sizes.piecesAt(), PIECE * count);
            return new WalkTables(walks.size(), sampled.length, splits, count, all);
        }

        /** The pieces of the row that is {@code i}-th on a walk, cut where splits begin. */
        private void add(int w, int i) {
            KeyWalk walk = walks.get(w);
            int tiles = Math.ceilDiv(ends[w], KEYS);
            int split = 0;
            cursor(w, split, i);
            for (Piece piece : walk.rows().get(i).pieces()) {
                int from = piece.from();
                while (from < piece.to()) {
                    int end = (int) ((long) tiles * (split + 1) / splits) * KEYS;
                    if (from >= end && split + 1 < splits) {
                        split++;
                        cursor(w, split, i);
                        continue;
                    }
                    int to = split + 1 < splits ? Math.min(end, piece.to()) : piece.to();
                    add(from, to, piece.ways());
                    from = to;
                }
            }
            while (split < splits) {
                split++;
                cursor(w, split, i);
            }
        }

        private void cursor(int w, int split, int i) {
            cursors[(w * (splits + 1) + split) * sampled.length + i] = count;
        }

        private void add(int from, int to, long ways) {
            int at = PIECE * count;
            if (at + PIECE > pieces.length) {
                pieces = Arrays.copyOf(pieces, 2 * pieces.length);
            }
            pieces[at] = from;
            pieces[at + 1] = to;
            pieces[at + 2] = (int) ways;
            pieces[at + 3] = (int) (ways >>> Integer.SIZE);
            count++;
        }
    }
}
