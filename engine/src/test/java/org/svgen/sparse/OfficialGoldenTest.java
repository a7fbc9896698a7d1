package org.svgen.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.testkit.Errors;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;
import tools.jackson.databind.JsonNode;

/** The official mode against outputs of the official code. */
class OfficialGoldenTest {
    private record Case(VideoGeometry geometry, double density, JsonNode json) {
        static Case of(OfficialRules rules) {
            String name = rules.name().toLowerCase(Locale.ROOT);
            for (JsonNode c : Goldens.json("svg", "cases.json").get("cases")) {
                if (c.get("case").asString().equals(name)) {
                    return new Case(
                            new VideoGeometry(
                                    c.get("num_frame").asInt(),
                                    c.get("frame_size").asInt(),
                                    TextPlace.valueOf(
                                            c.get("text").asString().toUpperCase(Locale.ROOT)),
                                    c.get("context_length").asInt(),
                                    c.get("prompt_length").asInt()),
                            c.get("density").asDouble(),
                            c);
                }
            }
            throw new IllegalStateException("no case " + name);
        }
    }

    private static Map<String, GoldenTensor> file(OfficialRules rules, String suffix) {
        return Goldens.tensors(
                "svg", rules.name().toLowerCase(Locale.ROOT) + suffix + ".safetensors");
    }

    @ParameterizedTest
    @EnumSource(OfficialRules.class)
    void theBandIsAsWideAsTheOfficialOne(OfficialRules rules) {
        Case c = Case.of(rules);
        assertThat(OfficialRules.widthInFrames(c.density, c.geometry))
                .isEqualTo(c.json.get("width_frames").asDouble());
        AttentionPlan plan = rules.execution(c.geometry, c.density);
        assertThat(plan.kinds().getFirst().pattern().density())
                .isCloseTo(c.json.get("execution_density").asDouble(), within(1e-7));
    }

    @ParameterizedTest
    @EnumSource(OfficialRules.class)
    void masksAreTheOfficialOnesBitForBit(OfficialRules rules) {
        Case c = Case.of(rules);
        Map<String, GoldenTensor> masks = file(rules, "_masks");
        AttentionPlan.Kind executed = rules.execution(c.geometry, c.density).kinds().getFirst();
        AttentionPlan profiled = rules.profile(c.geometry);
        assertMask(executed, masks.get("execution"), "execution");
        assertMask(profiled.kinds().get(0), masks.get("profile_spatial"), "profile spatial");
        assertMask(profiled.kinds().get(1), masks.get("profile_temporal"), "profile temporal");
    }

    private static void assertMask(AttentionPlan.Kind kind, GoldenTensor mask, String name) {
        int rows = mask.shape().size(0);
        int bytes = mask.shape().size(1);
        int keys = kind.pattern().keys();
        for (int q = 0; q < rows; q++) {
            int position = kind.order().position(q);
            for (int k = 0; k < keys; k++) {
                boolean on = (mask.data()[q * bytes + k / 8] >> (7 - k % 8) & 1) == 1;
                if (kind.pattern().keeps(position, kind.order().position(k)) != on) {
                    throw new AssertionError(
                            "%s: query %d, key %d: expected %s".formatted(name, q, k, on));
                }
            }
        }
        assertThat(rows).isPositive();
    }

    @ParameterizedTest
    @EnumSource(OfficialRules.class)
    void headKindsErrorsAndOutputsAreTheOfficialOnes(OfficialRules rules) {
        Case c = Case.of(rules);
        Map<String, GoldenTensor> golden = file(rules, "");
        int[] rows =
                java.util.Arrays.stream(golden.get("sampled_rows").longs())
                        .mapToInt(Math::toIntExact)
                        .toArray();
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open()) {
            Tensor q = backend.upload(golden.get("q").f32(arena));
            Tensor k = backend.upload(golden.get("k").f32(arena));
            Tensor v = backend.upload(golden.get("v").f32(arena));
            int batch = q.size(0);
            int heads = q.size(1);
            Tensor errors = backend.upload(Tensor.zeros(arena, DType.F32, 2, batch, heads));
            Tensor kinds = backend.upload(Tensor.zeros(arena, DType.I32, batch, heads));
            float scale = Dense.scale(q);
            backend.ops()
                    .profile(
                            q,
                            k,
                            v,
                            rows,
                            rules.profile(c.geometry),
                            c.geometry.tokens(),
                            scale,
                            Float.POSITIVE_INFINITY,
                            errors,
                            kinds);
            assertThat(
                            Errors.relative(
                                    TestDevice.host(backend, errors).toFloats(),
                                    golden.get("mse").floats()))
                    .isLessThan(1e-3);
            long[] best = golden.get("best_mask_idx").longs();
            Tensor found = TestDevice.host(backend, kinds);
            for (int i = 0; i < best.length; i++) {
                assertThat(found.host().getAtIndex(java.lang.foreign.ValueLayout.JAVA_INT, i))
                        .as("head %d", i)
                        .isEqualTo((int) best[i]);
            }
            Tensor rowsFirst =
                    backend.upload(
                            Tensor.zeros(arena, DType.F32, batch, q.size(2), heads, q.size(3)));
            backend.ops()
                    .attention(
                            q,
                            k,
                            v,
                            rules.execution(c.geometry, c.density),
                            kinds,
                            scale,
                            rowsFirst);
            Tensor out = backend.upload(Tensor.zeros(arena, DType.F32, q.shape().dims()));
            backend.ops().permute(rowsFirst, new int[] {0, 2, 1, 3}, out);
            assertThat(
                            Errors.relative(
                                    TestDevice.host(backend, out).toFloats(),
                                    golden.get("out").floats()))
                    .isLessThan(1e-4);
        }
    }
}
