package org.svgen.lab.heads;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The colours of a map. Where bands have several widths, a kind keeps its hue and is the darker the
 * wider the band. The kinds' ranges of lightness lie apart, so that they differ without hues, too.
 *
 * @param widths how many there are
 */
record Shades(int widths) {
    private static final Color[] SPATIAL = {new Color(0x2a75b3), new Color(0x00203c)};
    private static final Color[] TEMPORAL = {new Color(0xf7c25c), new Color(0xbd7600)};

    Color of(Cell cell) {
        return widths <= 1
                ? cell.choice().color()
                : switch (cell.choice()) {
                    case SPATIAL -> between(SPATIAL, cell.width());
                    case TEMPORAL -> between(TEMPORAL, cell.width());
                    case DENSE, WARM_UP, NONE -> cell.choice().color();
                };
    }

    private Color between(Color[] ends, int width) {
        double share = (double) width / (widths - 1);
        return new Color(
                between(ends[0].getRed(), ends[1].getRed(), share),
                between(ends[0].getGreen(), ends[1].getGreen(), share),
                between(ends[0].getBlue(), ends[1].getBlue(), share));
    }

    private static int between(int narrow, int wide, double share) {
        return (int) Math.round(narrow + share * (wide - narrow));
    }

    /** {@return every cell that there can be, the darkest first} */
    List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        Stream.of(HeadChoice.values()).forEach(choice -> cells.addAll(cells(choice)));
        cells.sort(null);
        return cells;
    }

    /** {@return the cells of a kind, the narrowest first} */
    List<Cell> cells(HeadChoice choice) {
        List<Cell> cells = new ArrayList<>();
        for (int width = 0; width < (choice.isBand() ? Math.max(1, widths) : 1); width++) {
            cells.add(new Cell(choice, width));
        }
        return cells;
    }
}
