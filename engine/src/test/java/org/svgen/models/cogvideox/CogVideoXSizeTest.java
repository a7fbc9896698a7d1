package org.svgen.models.cogvideox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.svgen.checkpoint.Config;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Sampling;
import org.svgen.pipeline.VideoSize;
import org.svgen.tensor.BadInputException;
import org.svgen.testkit.Goldens;

class CogVideoXSizeTest {
    private CogVideoXConfig config; // patches of 2 x 2 x 2

    @BeforeEach
    void read() {
        config =
                CogVideoXConfig.read(
                        Config.read(
                                Goldens.folder("cogvideox-t2v-tiny")
                                        .resolve("transformer/config.json")));
    }

    private CogVideoXSize size(int width, int height, int frames) {
        Defaults defaults =
                Defaults.of(
                        new VideoSize(width, height, frames, 8),
                        Sampling.of(1, 1),
                        AttentionSettings.DEFAULT);
        return CogVideoXSize.of(Request.of("", defaults), config, 8);
    }

    @Test
    void oddLatentFramesArePaddedToWholePatches() {
        CogVideoXSize size = size(64, 48, 9);
        assertThat(size.latentFrames()).isEqualTo(4);
        assertThat(size.paddingFrames()).isEqualTo(1);
        assertThat(size.geometry().frames()).isEqualTo(2);
        assertThat(size.geometry().frameTokens()).isEqualTo(12);
        assertThat(size(64, 48, 17).latentFrames()).isEqualTo(6);
    }

    @Test
    void sizesThatTheModelCannotDoNameTheNearest() {
        assertThatThrownBy(() -> size(70, 48, 9))
                .isInstanceOf(BadInputException.class)
                .hasMessage("width 70: expected a multiple of 16; the nearest are 64 and 80");
        assertThatThrownBy(() -> size(64, 7, 9))
                .hasMessage("height 7: expected a multiple of 16; the nearest are 16 and 32");
        assertThatThrownBy(() -> size(64, 48, 10))
                .hasMessage(
                        "frames 10: this model makes 1 + a multiple of 8 frames; the nearest are"
                                + " 9 and 17");
        assertThatThrownBy(() -> size(64, 48, 2)).hasMessageContaining("the nearest are 1 and 9");
    }

    @Test
    void noNearestIsNamedThatNoNumberCanHold() {
        assertThatThrownBy(() -> size(64, 48, Integer.MAX_VALUE))
                .hasMessageEndingWith("; the nearest is 2147483641");
        assertThatThrownBy(() -> size(Integer.MAX_VALUE, 48, 9))
                .hasMessageEndingWith("; the nearest is 2147483632");
    }
}
