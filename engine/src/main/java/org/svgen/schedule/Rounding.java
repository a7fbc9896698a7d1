package org.svgen.schedule;

/** The precision in which the reference computes a number. */
enum Rounding {
    /** Double precision: numbers stay as they are. */
    NONE,
    /** After each operation to single precision. */
    SINGLE;

    double of(double value) {
        return this == NONE ? value : (float) value;
    }
}
