package org.svgen.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShapeTest {
    @Test
    void countsElementsAndDimensionsFromBothEnds() {
        Shape shape = Shape.of(2, 3, 5);
        assertThat(shape.elements()).isEqualTo(30);
        assertThat(shape.rank()).isEqualTo(3);
        assertThat(shape.size(0)).isEqualTo(2);
        assertThat(shape.size(-1)).isEqualTo(5);
        assertThat(shape.dim(-3)).isEqualTo(2);
        assertThat(Shape.of().elements()).as("a scalar").isEqualTo(1);
        assertThat(Shape.of(4, 0).elements()).isZero();
    }

    @Test
    void equalDimensionsAreEqualShapes() {
        assertThat(Shape.of(2, 3)).isEqualTo(Shape.of(2, 3)).hasSameHashCodeAs(Shape.of(2, 3));
        assertThat(Shape.of(2, 3)).isNotEqualTo(Shape.of(3, 2)).hasToString("[2, 3]");
    }

    @Test
    void keepsItsDimensionsToItself() {
        long[] dims = {2, 3};
        Shape shape = Shape.of(dims);
        dims[0] = 9;
        shape.dims()[1] = 9;
        assertThat(shape).hasToString("[2, 3]");
    }

    @Test
    void refusesWhatCannotBeCounted() {
        assertThatIllegalArgumentException().isThrownBy(() -> Shape.of(2, -1));
        assertThatThrownBy(() -> Shape.of(1L << 40, 1L << 40))
                .isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Shape.of(1L << 40).size(0))
                .isInstanceOf(ArithmeticException.class);
    }
}
