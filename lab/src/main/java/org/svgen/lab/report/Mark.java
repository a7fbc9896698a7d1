package org.svgen.lab.report;

/** Shapes of points. Eight colours and five shapes make 40 different ones. */
enum Mark {
    CIRCLE(16, 1, "M5 0A5 5 0 1 0 5 10A5 5 0 1 0 5 0Z"),
    SQUARE(15, 1, "M.5 .5H9.5V9.5H.5Z"),
    TRIANGLE(17, 1, "M5 0L10 9H0Z"),
    DIAMOND(18, 1.8, "M5 0L10 5L5 10L0 5Z"),
    CROSS(4, 0.9, "M1 1L9 9M9 1L1 9");

    private final int code;
    private final double scale;
    private final String path;

    Mark(int code, double scale, String path) {
        this.code = code;
        this.scale = scale;
        this.path = path;
    }

    /** {@return the number of the shape in the library of plots} */
    int code() {
        return code;
    }

    /** {@return what makes it about as large as a circle} */
    double scale() {
        return scale;
    }

    /** {@return the shape for a legend, in a box of 10 by 10} */
    String path() {
        return path;
    }

    static Mark series(int i) {
        return values()[i % values().length];
    }
}
