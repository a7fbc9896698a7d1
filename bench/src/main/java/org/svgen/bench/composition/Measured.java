package org.svgen.bench.composition;

import java.util.List;

/**
 * All cells, and what they were measured on.
 *
 * @param device that computed
 * @param width in pixels
 * @param height in pixels
 * @param frames of a video
 * @param steps where they are many
 * @param prompts videos of each cell
 * @param density of sparse calls
 * @param denseSteps the warm-up where steps are many
 * @param paces of the model
 * @param cells all of them
 */
public record Measured(
        String device,
        int width,
        int height,
        int frames,
        int steps,
        int prompts,
        double density,
        int denseSteps,
        List<Pace> paces,
        List<Cell> cells) {
    /** Keeps copies. */
    public Measured {
        paces = List.copyOf(paces);
        cells = List.copyOf(cells);
    }

    /** {@return tables in Markdown, a line each} */
    public List<String> text() {
        return new Tables(this).lines();
    }
}
