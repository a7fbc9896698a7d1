package org.svgen.server.work;

/**
 * How long something takes, as far as one knows.
 *
 * @param likely seconds
 * @param low seconds at least
 * @param high seconds at most
 */
record Span(double likely, double low, double high) {
    static final Span NONE = new Span(0, 0, 0);

    Span plus(Span other) {
        return new Span(likely + other.likely, low + other.low, high + other.high);
    }

    Span times(double factor) {
        return new Span(likely * factor, low * factor, high * factor);
    }
}
