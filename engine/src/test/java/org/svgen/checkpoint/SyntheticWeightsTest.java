package org.svgen.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.svgen.tensor.Shape;

class SyntheticWeightsTest {
    private static final Shape SHAPE = Shape.of(3, 5);

    /** Otherwise a model whose layers are streamed would be another one at every step. */
    @Test
    void aNameHasTheSameWeightsEachTime() {
        try (SyntheticWeights weights = new SyntheticWeights()) {
            float[] first = values(weights, "blocks.0.to_q.weight");
            assertThat(values(weights, "blocks.1.to_q.weight")).isNotEqualTo(first);
            assertThat(values(weights, "blocks.0.to_q.weight")).isEqualTo(first);
            try (SyntheticWeights others = new SyntheticWeights()) {
                assertThat(values(others, "blocks.0.to_q.weight")).isEqualTo(first);
            }
        }
    }

    private static float[] values(SyntheticWeights weights, String name) {
        HostTensor values = weights.find(name, SHAPE).orElseThrow().values();
        return ((MappedTensor) values).tensor().toFloats();
    }
}
