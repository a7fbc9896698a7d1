package org.svgen.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.pipeline.StepListener;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

class FirstFrameTest {
    @Test
    void aPictureOfAnotherShapeIsStretchedAndThatIsSaid() {
        assertThat(notes(64, 48, 48, 48))
                .containsExactly(
                        "the image, 64 x 48, is stretched to the video's 48 x 48: crop it to that shape to keep its proportions");
    }

    @ParameterizedTest
    @CsvSource({"64, 48", "128, 96", "1000, 744", "1000, 756"})
    void aPictureOfNearlyTheSameShapeIsNoNews(int width, int height) {
        assertThat(notes(width, height, 64, 48)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1000, 740", "1000, 760", "48, 64"})
    void moreThanAHundredthIsSaid(int width, int height) {
        assertThat(notes(width, height, 64, 48)).hasSize(1);
    }

    private static List<String> notes(int w, int h, int width, int height) {
        List<String> notes = new ArrayList<>();
        StepListener listener =
                new StepListener() {
                    @Override
                    public void note(String line) {
                        notes.add(line);
                    }
                };
        try (Arena arena = Arena.ofConfined()) {
            Tensor image = Tensor.zeros(arena, DType.F32, h, w, 3);
            Tensor frame = FirstFrame.of(image, width, height, arena, listener);
            assertThat(frame.shape().dims()).containsExactly(height, width, 3);
        }
        return notes;
    }
}
