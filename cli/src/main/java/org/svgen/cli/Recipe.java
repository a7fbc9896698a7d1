package org.svgen.cli;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.tensor.Seeds;

/**
 * All it takes to make a video again, kept with it.
 *
 * @param svgen our version
 * @param image name of the file with the first frame
 * @param seed without a sign
 * @param latents name of the file with the initial noise
 * @param keptDensity fraction of query-key pairs that all attention calls kept, counted
 */
record Recipe(
        String svgen,
        String model,
        String modelHash,
        String prompt,
        String negativePrompt,
        @Nullable String image,
        int width,
        int height,
        int frames,
        double fps,
        int steps,
        double guidance,
        boolean dynamicGuidance,
        BigInteger seed,
        @Nullable String latents,
        String attention,
        double density,
        String denseSteps,
        String denseLayers,
        @Nullable Double headTolerance,
        int sampledRows,
        String dtype,
        String llamaRotary,
        String device,
        double keptDensity) {

    static Recipe of(
            Request r,
            Report report,
            String device,
            @Nullable String image,
            @Nullable String latents) {
        return new Recipe(
                Version.text(),
                report.model(),
                report.modelHash(),
                r.prompt(),
                r.negativePrompt(),
                image,
                r.width(),
                r.height(),
                r.frames(),
                r.fps(),
                r.steps(),
                r.guidance(),
                r.dynamicGuidance(),
                Seeds.unsigned(r.seed()),
                latents,
                r.attention().mode().toString(),
                r.attention().density(),
                r.attention().denseSteps().toString(),
                r.attention().denseLayers().toString(),
                Text.finite(r.attention().headTolerance()),
                r.attention().sampledRows(),
                r.dtype().toString(),
                r.llamaRotary().toString(),
                device,
                report.density());
    }
}
