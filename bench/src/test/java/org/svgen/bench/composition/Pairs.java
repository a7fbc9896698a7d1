package org.svgen.bench.composition;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * Rows that hold each pair of levels of any two factors, as far as some row that is possible holds
 * it: many fewer than all there are.
 */
final class Pairs {
    private static final int TRIES = 40;

    private final int[] levels;
    private final Predicate<int[]> possible;
    private final SplittableRandom random;
    private final Set<Pair> open = new HashSet<>();
    private final List<int[]> rows = new ArrayList<>();
    private final List<Pair> missed = new ArrayList<>();

    /** Level {@code x} of factor {@code i}, with level {@code y} of factor {@code j}, i < j. */
    record Pair(int i, int x, int j, int y) {}

    /**
     * @param levels of each factor
     * @param possible whether a row of levels can be
     */
    Pairs(int[] levels, Predicate<int[]> possible, long seed) {
        this.levels = levels.clone();
        this.possible = possible;
        this.random = new SplittableRandom(seed);
        List<Pair> all = new ArrayList<>();
        for (int i = 0; i < levels.length; i++) {
            for (int j = i + 1; j < levels.length; j++) {
                for (int x = 0; x < levels[i]; x++) {
                    for (int y = 0; y < levels[j]; y++) {
                        all.add(new Pair(i, x, j, y));
                    }
                }
            }
        }
        open.addAll(all);
        for (Pair pair : all) {
            if (open.contains(pair)) {
                best(pair).ifPresentOrElse(this::take, () -> missed.add(pair));
            }
        }
    }

    /** Rows that are possible. */
    List<int[]> rows() {
        return rows;
    }

    /** Pairs that no row was found for. */
    List<Pair> missed() {
        return missed;
    }

    private void take(int[] row) {
        rows.add(row);
        open.removeAll(of(row));
    }

    private static List<Pair> of(int[] row) {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < row.length; i++) {
            for (int j = i + 1; j < row.length; j++) {
                pairs.add(new Pair(i, row[i], j, row[j]));
            }
        }
        return pairs;
    }

    /** Of some random rows with the pair, the one that closes most; else one of first levels. */
    private Optional<int[]> best(Pair pair) {
        int[] best = null;
        long most = -1;
        for (int t = 0; t <= TRIES; t++) {
            int[] row = new int[levels.length];
            for (int f = 0; f < row.length && t < TRIES; f++) {
                row[f] = random.nextInt(levels[f]);
            }
            row[pair.i] = pair.x;
            row[pair.j] = pair.y;
            long closes = of(row).stream().filter(open::contains).count();
            if (closes > most && possible.test(row)) {
                best = row;
                most = closes;
            }
        }
        return Optional.ofNullable(best);
    }
}
