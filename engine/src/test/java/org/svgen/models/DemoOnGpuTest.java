package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;

/** The demo's video is the same on a GPU as on the CPU. */
@Tag("gpu")
class DemoOnGpuTest {
    private static final Path DEMO = Path.of("../models/demo");

    @Test
    void theVideoOfAGpuIsThatOfTheCpu() {
        float[] cpu = frames("cpu", DType.F32);
        assertThat(psnr(frames("cuda", DType.F32), cpu)).as("PSNR in f32").isGreaterThan(50);
        assertThat(psnr(frames("cuda", DType.BF16), cpu)).as("PSNR in bf16").isGreaterThan(35);
    }

    @Test
    void theSameRequestGivesTheSameBitsOnAGpu() {
        assertThat(frames("cuda", DType.BF16)).isEqualTo(frames("cuda", DType.BF16));
    }

    private static float[] frames(String device, DType activation) {
        try (Backend backend = Backends.open(device, note -> {});
                VideoPipeline pipeline = Pipelines.open(DEMO, backend, activation)) {
            Defaults defaults = pipeline.defaults();
            Request request = Request.of(defaults.prompts().getFirst(), defaults);
            try (Result result = pipeline.generate(request, new StepListener() {})) {
                return result.clip().frames().toFloats();
            }
        }
    }

    /** Of values in 0..1. */
    private static double psnr(float[] a, float[] b) {
        double squares = 0;
        for (int i = 0; i < a.length; i++) {
            squares += (a[i] - b[i]) * (double) (a[i] - b[i]);
        }
        return -10 * Math.log10(squares / a.length);
    }
}
