package org.svgen.server.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.pipeline.Clip;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

class ColourFitTest {
    private static final int FRAMES = 3; // of latents; 9 of the video
    private static final int CHANNELS = 6;
    private static final int SIDE = 4; // cells; 8 pixels each

    private static Tensor latents(Arena arena, boolean channelsFirst) {
        Random random = new Random(5);
        float[] values = new float[FRAMES * CHANNELS * SIDE * SIDE];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return channelsFirst
                ? Tensor.of(arena, values, 1, CHANNELS, FRAMES, SIDE, SIDE)
                : Tensor.of(arena, values, 1, FRAMES, CHANNELS, SIDE, SIDE);
    }

    /** Pixels that are a linear map of the latents: 0.5 + 0.1 channel k - 0.05 channel k + 3. */
    private static Clip decoded(Tensor latents, LatentShape shape) {
        Clip clip = new Clip(4 * (FRAMES - 1) + 1, 8 * SIDE, 8 * SIDE, 8);
        var pixels = clip.frames().host();
        for (long i = 0; i < clip.frames().elements(); i++) {
            int k = (int) (i % 3);
            int x = (int) (i / 3 % clip.width()) / 8;
            int y = (int) (i / 3 / clip.width() % clip.height()) / 8;
            int frame = (int) (i / 3 / clip.width() / clip.height());
            int latent = Math.round(frame / 4f);
            float one =
                    latents.host().getAtIndex(ValueLayout.JAVA_FLOAT, shape.at(latent, k, y, x));
            float other =
                    latents.host()
                            .getAtIndex(ValueLayout.JAVA_FLOAT, shape.at(latent, k + 3, y, x));
            pixels.setAtIndex(ValueLayout.JAVA_FLOAT, i, 0.5f + 0.1f * one - 0.05f * other);
        }
        return clip;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLinearDecoderIsFound(boolean channelsFirst) {
        try (Arena arena = Arena.ofShared()) {
            Tensor latents = latents(arena, channelsFirst);
            LatentShape shape = LatentShape.of(latents, 9).orElseThrow();
            assertThat(shape.channelsFirst()).isEqualTo(channelsFirst);
            assertThat(shape.channels()).isEqualTo(CHANNELS);
            try (Clip clip = decoded(latents, shape)) {
                float[][] found = ColourFit.none(shape).plus(latents, clip).orElseThrow().solved();
                for (int k = 0; k < 3; k++) {
                    for (int c = 0; c <= CHANNELS; c++) {
                        float expected =
                                c == k ? 0.1f : c == k + 3 ? -0.05f : c == CHANNELS ? 0.5f : 0;
                        assertThat(found[k][c]).isCloseTo(expected, within(2e-3f));
                    }
                }
                assertThat(new Colours(channelsFirst, found).fits(latents)).isTrue();
                assertThat(new Colours(channelsFirst, found).png(latents)).isNotEmpty();
            }
        }
    }

    @Test
    void latentsThatCannotBeToldApartGiveNoColours() {
        try (Arena arena = Arena.ofShared()) {
            assertThat(LatentShape.of(Tensor.zeros(arena, DType.F32, 1, 5, 5, 4, 4), 17)).isEmpty();
            assertThat(LatentShape.of(Tensor.zeros(arena, DType.F32, 1, 16, 5, 4, 4), 10))
                    .isEmpty();
        }
    }
}
