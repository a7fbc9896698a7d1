package org.svgen.lab.heads;

import org.svgen.media.PixelFont;

/**
 * Where the panels of a head map lie: one a layer, in a grid; in each, steps go to the right and
 * heads go down, branches of guidance below each other.
 *
 * @param cell pixels that a step is wide
 */
record HeadMapLayout(HeadChoices choices, int cell) {
    static final int GAP = 14;
    static final int BRANCH_GAP = 3;

    /** Left of a line of panels, for the names of branches and heads. */
    static final int GUTTER = 84;

    private static final int LARGEST_CELL = 12;
    private static final int WIDTH = 1230;
    private static final int MOST_PIXELS = 1_500_000;
    private static final int LEAST_BLOCK = 20;
    private static final int LEAST_PANEL = 54;
    private static final int LEAST_WIDTH = 840;

    /** The largest cells that leave the picture a size to look at. */
    static HeadMapLayout of(HeadChoices choices) {
        int cell = LARGEST_CELL;
        while (cell > 1 && new HeadMapLayout(choices, cell).pixels() > MOST_PIXELS) {
            cell--;
        }
        return new HeadMapLayout(choices, cell);
    }

    private long pixels() {
        return (long) width() * height();
    }

    int cellHeight() {
        return Math.max(cell, Math.ceilDiv(LEAST_BLOCK, choices.heads()));
    }

    int panelWidth() {
        return choices.steps() * cell;
    }

    /** Of one branch. */
    int blockHeight() {
        return choices.heads() * cellHeight();
    }

    private int pitchAcross() {
        return Math.max(LEAST_PANEL, panelWidth()) + GAP;
    }

    private int pitchDown() {
        return PixelFont.HEIGHT + 4 + choices.branches() * (blockHeight() + BRANCH_GAP) + GAP;
    }

    private int lines() {
        int most = Math.max(1, (WIDTH + GAP) / pitchAcross());
        return Math.ceilDiv(choices.layers(), most);
    }

    /** {@return panels beside each other: no more than the same number of lines takes} */
    int columns() {
        return Math.ceilDiv(choices.layers(), lines());
    }

    /** {@return of the panels and what is left of them} */
    int width() {
        return Math.max(LEAST_WIDTH, GUTTER + columns() * pitchAcross() - GAP);
    }

    /** {@return of all panels, their names above them included} */
    int height() {
        return lines() * pitchDown();
    }

    int x(int layer) {
        return GUTTER + layer % columns() * pitchAcross();
    }

    /** {@return where the name of a layer lies; its cells begin {@link #y} below} */
    int nameY(int layer) {
        return layer / columns() * pitchDown();
    }

    /** {@return where the cells of a branch begin} */
    int y(int layer, int branch) {
        return nameY(layer) + PixelFont.HEIGHT + 4 + branch * (blockHeight() + BRANCH_GAP);
    }

    /** No panel lies below. */
    boolean lowest(int layer) {
        return layer + columns() >= choices.layers();
    }
}
