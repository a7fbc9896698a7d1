package org.svgen.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Tensor;

/**
 * Pictures of all formats, modes, profiles and orientations are read as Pillow 12.3.0 reads them,
 * JPEG and lossy WebP included.
 */
class PicturesTest {
    /**
     * What is read otherwise than by Pillow, which cuts 16 bits of grey and floating-point numbers
     * at level 255: nearly all becomes white, or black. Each shows the same as another picture.
     */
    private static final Map<String, String> MEANT =
            Map.of(
                    "grey16.png", "grey8.png",
                    "grey16-big.tif", "grey8.png",
                    "grey16-little.tif", "grey8.png",
                    "float.tif", "grey8.png");

    /** The same kind; not read, or without a twin. */
    private static final String LEVELS_AS_FLOAT = "float-of-levels.tif";

    private static final String DARK = "grey16-dark.png";

    static Stream<Pillow> likePillow() throws IOException {
        return TestPictures.all().stream()
                .filter(p -> !MEANT.containsKey(p.name()))
                .filter(p -> !p.name().equals(LEVELS_AS_FLOAT) && !p.name().equals(DARK));
    }

    @ParameterizedTest
    @MethodSource
    void likePillow(Pillow picture) {
        assertThat(difference(picture.name(), picture)).isLessThan(1);
    }

    @Test
    void sixteenBitsOfGreyAndFloatsAreKeptWherePillowCutsThemToWhite() throws IOException {
        Map<String, Pillow> all = TestPictures.byName();
        MEANT.forEach((name, twin) -> {
            assertThat(difference(name, all.get(name))).isGreaterThan(200);
            assertThat(difference(name, all.get(twin))).isLessThan(1);
        });
        for (float value : read(DARK).toFloats()) {
            assertThat(value).isLessThan(256 / 65535f);
        }
    }

    @Test
    void floatsThatAreLevelsAreRefused() {
        assertThatThrownBy(() -> read(LEVELS_AS_FLOAT))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("expected floating-point samples from 0 to 1")
                .hasMessageEndingWith("save it with 8 or 16 bits");
    }

    @Test
    void thereAreAsManyAsItTakes() throws IOException {
        assertThat(likePillow()).hasSizeGreaterThan(150);
    }

    /** In levels of 255. */
    private static double difference(String name, Pillow expected) {
        Tensor read = read(name);
        assertThat(read.shape().dims()).containsExactly(expected.height(), expected.width(), 3);
        float[] values = read.toFloats();
        double most = 0;
        for (int i = 0; i < values.length; i++) {
            most = Math.max(most, Math.abs(255 * values[i] - (expected.rgb()[i] & 0xff)));
        }
        return most;
    }

    private static Tensor read(String name) {
        return Images.read(TestPictures.file(name), Arena.ofAuto());
    }
}
