package org.svgen.lab.report;

/**
 * A picture as a part of the page.
 *
 * @param uri with all its bytes
 * @param width in pixels
 * @param reduced whether it has less than the file
 */
record Embedded(String uri, int width, int height, boolean reduced) {}
