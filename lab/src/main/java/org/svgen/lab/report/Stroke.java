package org.svgen.lab.report;

/**
 * How a line is drawn.
 *
 * @param type of Lets-Plot: solid, dashed, dotted, longdash
 * @param width in its units, of about 1.5 pixels
 */
record Stroke(String type, double width) {
    static final Stroke THIN = new Stroke("solid", 0.7);
    static final Stroke THICK = new Stroke("solid", 1.3);
    static final Stroke DASHED = new Stroke("dashed", 0.7);
    static final Stroke DOTTED = new Stroke("dotted", 0.9);
}
