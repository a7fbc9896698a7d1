package org.svgen.bench.composition;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of a composition.
 *
 * @param composition of the runs
 * @param refusal why there is none; null if there were runs
 * @param seconds of denoising, the mean of all videos
 * @param kept fraction of query-key pairs that sparse calls kept; null if there were none
 * @param reused steps that a cache skipped, the mean of all videos
 * @param psnr in dB, the mean of all videos, against dense attention with all else the same; dense
 *     attention against {@link Composition#PLAIN}; infinite where bits are equal
 * @param notes that runs gave
 */
public record Cell(
        Composition composition,
        @Nullable String refusal,
        double seconds,
        @Nullable Double kept,
        double reused,
        double psnr,
        List<String> notes) {
    static Cell refused(Composition composition, String refusal) {
        return new Cell(composition, refusal, 0, null, 0, Double.NaN, List.of());
    }
}
