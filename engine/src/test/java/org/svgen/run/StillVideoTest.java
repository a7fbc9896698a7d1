package org.svgen.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.svgen.pipeline.Clip;

class StillVideoTest {
    /** Noise, the same in each frame unless {@code moves}. */
    private static Clip noise(int frames, boolean moves) {
        Clip clip = new Clip(frames, 4, 6, 8);
        Random random = new Random(1);
        int frame = 4 * 6 * 3;
        for (int i = 0; i < frames * frame; i++) {
            if (!moves && i % frame == 0) {
                random.setSeed(1);
            }
            clip.frames().host().setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat());
        }
        return clip;
    }

    private static void add(Clip clip, int index, float value) {
        var host = clip.frames().host();
        float was = host.getAtIndex(ValueLayout.JAVA_FLOAT, index);
        host.setAtIndex(ValueLayout.JAVA_FLOAT, index, was + value);
    }

    @Test
    void aVideoThatMovesOrAPictureIsNotNoted() {
        try (Clip video = noise(3, true);
                Clip picture = noise(1, true)) {
            assertThat(StillVideo.note(video)).isEmpty();
            assertThat(StillVideo.note(picture)).isEmpty();
        }
    }

    @Test
    void framesThatLookTheSameAreNoted() {
        try (Clip clip = noise(3, false)) {
            add(clip, 80, 1e-6f); // less than what 8 bits show
            assertThat(StillVideo.note(clip))
                    .hasValueSatisfying(note ->
                            assertThat(note)
                                    .isEqualTo(
                                            "all 3 frames of the video are the same: nothing moves"));
            add(clip, clip.count() * 4 * 6 * 3 - 1, -0.5f);
            assertThat(StillVideo.note(clip)).isEmpty();
        }
    }

    @Test
    void oneColourThroughoutIsNoted() {
        for (int frames : new int[] {1, 3}) {
            try (Clip clip = new Clip(frames, 4, 6, 8)) {
                assertThat(StillVideo.note(clip))
                        .hasValueSatisfying(note -> assertThat(note).contains("one colour"));
                add(clip, 17, 0.5f);
                assertThat(StillVideo.note(clip)).isEmpty();
            }
        }
    }

    @Test
    void framesOfOneColourEachAreNoted() {
        try (Clip clip = new Clip(2, 4, 6, 8)) {
            int frame = 4 * 6 * 3;
            for (int i = 0; i < frame; i++) {
                add(clip, frame + i, i % 3 * 0.1f);
            }
            assertThat(StillVideo.note(clip))
                    .hasValueSatisfying(note ->
                            assertThat(note).startsWith("each frame of the video has one colour"));
            add(clip, frame + 4, 0.5f);
            assertThat(StillVideo.note(clip)).isEmpty();
        }
    }
}
