package org.svgen.media;

/** From ink to light as Pillow does: without profiles, each ink taking its part of the light. */
final class Ink {
    private Ink() {}

    /**
     * What is left of the light that black ink leaves.
     *
     * @param ink 0..255 of cyan, magenta or yellow
     * @param light 255 less the black ink
     * @return 0..1
     */
    static float light(int ink, int light) {
        int product = ink * light + 128;
        return Levels.of((byte) (light - ((product >> 8) + product >> 8)));
    }
}
