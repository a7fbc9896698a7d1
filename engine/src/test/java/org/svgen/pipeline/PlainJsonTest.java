package org.svgen.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlainJsonTest {
    private record Numbers(
            double a, float b, Double c, double[] d, List<Float> e, Map<String, Double> f) {}

    @Test
    void whatIsNoNumberForJsonIsNullWhereverItStands() {
        Numbers numbers =
                new Numbers(
                        Double.NaN,
                        Float.NEGATIVE_INFINITY,
                        Double.POSITIVE_INFINITY,
                        new double[] {1, Double.NaN, 2.5},
                        List.of(0.5f, Float.NaN),
                        Map.of("x", Double.NaN));
        String expected =
                "{\"a\":null,\"b\":null,\"c\":null,\"d\":[1.0,null,2.5],\"e\":[0.5,null],\"f\":{\"x\":null}}";
        assertThat(PlainJson.compact(numbers)).isEqualTo(expected);
        assertThat(PlainJson.pretty(numbers).replaceAll("\\s", "")).isEqualTo(expected);
    }
}
