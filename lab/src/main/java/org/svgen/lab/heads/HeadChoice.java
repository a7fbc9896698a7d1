package org.svgen.lab.heads;

import java.awt.Color;

/**
 * How a head attended in one pass. Colours are those of Okabe and Ito, and a grey; each is lighter
 * than the one before by far, so that colour-blind people and grey prints tell them apart.
 */
enum HeadChoice {
    /** All bands miss too much. */
    DENSE("dense by tolerance", 0x000000),
    SPATIAL("spatial", 0x0072b2),
    TEMPORAL("temporal", 0xe69f00),
    WARM_UP("dense by warm-up", 0xdcdcdc),
    /** There was no such pass: guidance was off at that step. */
    NONE("no pass", 0xffffff);

    private final String label;
    private final Color color;

    HeadChoice(String label, int rgb) {
        this.label = label;
        this.color = new Color(rgb);
    }

    String label() {
        return label;
    }

    Color color() {
        return color;
    }

    /** Whether such a head attends in a band, which has a width. */
    boolean isBand() {
        return this == SPATIAL || this == TEMPORAL;
    }

    /** By the letter that reports have. */
    static HeadChoice of(char letter) {
        return switch (letter) {
            case 's' -> SPATIAL;
            case 't' -> TEMPORAL;
            case 'd' -> DENSE;
            default -> throw new IllegalArgumentException("no kind of head: " + letter);
        };
    }
}
