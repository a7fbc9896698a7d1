package org.svgen.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClipTest {
    /** Two frames of 2x1 pixels; one value lies above the range, one below. */
    private static Clip clip() {
        float[] values = {1, 0, 0.5f, 2, -1, 1, 0, 1 / 255f, 254 / 255f, 1, 1, 1};
        Clip clip = new Clip(2, 1, 2, 8);
        for (int i = 0; i < values.length; i++) {
            clip.frames().host().setAtIndex(ValueLayout.JAVA_FLOAT, i, values[i]);
        }
        return clip;
    }

    @Test
    void framesAreGivenAsBytesOfRedGreenBlue() {
        try (Clip clip = clip()) {
            byte x = (byte) 255;
            assertThat(clip.rgb(0)).containsExactly(x, (byte) 0, (byte) 128, x, (byte) 0, x);
            assertThat(clip.rgb(1)).containsExactly((byte) 0, (byte) 1, (byte) 254, x, x, x);
            assertThat(clip.rgb()).startsWith(clip.rgb(0)).endsWith(clip.rgb(1)).hasSize(12);
        }
    }

    @Test
    void framesAreGivenAsImagesThatOutliveTheClip() {
        List<BufferedImage> images;
        try (Clip clip = clip()) {
            images = clip.images().toList();
            assertThat(clip.image(1).getRGB(1, 0)).isEqualTo(0xffffffff);
        }
        assertThat(images).hasSize(2);
        assertThat(images.getFirst().getWidth()).isEqualTo(2);
        assertThat(images.getFirst().getHeight()).isEqualTo(1);
        assertThat(images.getFirst().getRGB(0, 0)).isEqualTo(0xffff0080);
        assertThat(images.getLast().getRGB(0, 0)).isEqualTo(0xff0001fe);
    }

    @Test
    void aFrameThatIsNotThereIsRefused() {
        try (Clip clip = clip()) {
            assertThatThrownBy(() -> clip.rgb(2)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> clip.image(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }
}
