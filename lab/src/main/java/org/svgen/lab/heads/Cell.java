package org.svgen.lab.heads;

import java.util.Comparator;

/**
 * A head in one pass: how it attended, and in a band of which width.
 *
 * @param width place among the run's widths, rising; 0 without a band and where there is one width
 */
record Cell(HeadChoice choice, int width) implements Comparable<Cell> {
    private static final Comparator<Cell> DARKEST_FIRST =
            Comparator.comparing(Cell::choice)
                    .thenComparing(Cell::width, Comparator.reverseOrder());

    static Cell of(HeadChoice choice) {
        return new Cell(choice, 0);
    }

    /** As their colours: the darkest first. */
    @Override
    public int compareTo(Cell other) {
        return DARKEST_FIRST.compare(this, other);
    }
}
