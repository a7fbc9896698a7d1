package org.svgen.lab.report;

/**
 * A plot for a page: two drawings of the same, of which the page shows the one that fits.
 *
 * @param wide SVG for screens and paper
 * @param narrow SVG for phones
 */
record Drawing(String wide, String narrow) {
    static final int WIDE = 760;
    static final int NARROW = 380;

    /** Draws in a width. */
    @FunctionalInterface
    interface Painter {
        Chart at(int width);
    }

    static Drawing of(String id, String title, String description, Painter painter) {
        return new Drawing(
                painter.at(WIDE).svg(id, title, description),
                painter.at(NARROW).svg(id + "-narrow", title, description));
    }
}
