package org.svgen.media;

/** A decoded picture as its file stores it: not yet turned as the camera was. */
interface Pixels {
    int width();

    int height();

    /** Row {@code y} as red green blue red ..., 0..1, into the first 3 * width places. */
    void row(int y, float[] rgb);
}
