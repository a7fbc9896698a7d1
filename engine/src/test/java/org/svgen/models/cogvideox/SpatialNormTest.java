package org.svgen.models.cogvideox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpatialNormTest {
    @ParameterizedTest
    @CsvSource({
        "1, 1, 0",
        "3, 3, 0 1 2",
        "3, 9, 0 1 1 1 1 2 2 2 2",
        "2, 2, 0 1",
        "2, 8, 0 0 0 0 1 1 1 1"
    })
    void framesFindTheirLatents(int latentFrames, int frames, String expected) {
        assertThat(SpatialNorm.nearestFrames(latentFrames, frames))
                .containsExactly(
                        List.of(expected.split(" ")).stream()
                                .mapToInt(Integer::parseInt)
                                .toArray());
    }
}
