package org.svgen.media;

/**
 * A picture as Pillow reads it.
 *
 * @param rgb red green blue red ...
 */
record Pillow(String name, int width, int height, byte[] rgb) {
    @Override
    public String toString() {
        return name;
    }
}
