package org.svgen.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.KeyPattern;
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

    /** Reach of the band and counted density, as the official formulas give them. */
    @ParameterizedTest
    @CsvSource({
        "WAN,     21, 3600, 0,   0.25, 10240, 0.293",
        "WAN,     21, 3600, 0,   0.30, 12416, 0.340",
        "WAN,     21, 1560, 0,   0.30, 5376,  0.340",
        "COG,     11, 4080, 226, 0.25, 5759,  0.248"
    })
    void bandsOfRealVideosAreAsWideAsTheOfficialOnes(
            OfficialRules rules,
            int frames,
            int frameTokens,
            int text,
            double density,
            int reach,
            double kept) {
        TextPlace place = text == 0 ? TextPlace.NONE : TextPlace.FIRST;
        var g = new VideoGeometry(frames, frameTokens, place, text, text);
        KeyPattern pattern = rules.execution(g, density).kinds().getFirst().pattern();
        KeyPattern.Segment middle = pattern.segmentOf(g.videoFrom() + g.videoTokens() / 2);
        assertThat(middle.band().reach()).isEqualTo(reach);
        assertThat(pattern.density()).isCloseTo(kept, within(5e-4));
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
        int[] rows = ints(golden.get("sampled_rows"));
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open()) {
            int[] kept = ints(golden.get("rows"));
            Tensor q = backend.upload(queries(arena, golden, kept));
            Tensor k = backend.upload(golden.get("k").f32(arena));
            Tensor v = backend.upload(golden.get("v").f32(arena));
            int batch = q.size(0);
            int heads = q.size(1);
            Tensor errors = backend.upload(Tensor.zeros(arena, DType.F32, 2, batch, heads));
            Tensor kinds = backend.upload(Tensor.zeros(arena, DType.I32, batch, heads));
            Tensor energies = backend.upload(Tensor.zeros(arena, DType.F32, batch, heads));
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
                            errors,
                            energies);
            backend.ops()
                    .chooseKinds(
                            errors,
                            energies,
                            new float[3],
                            new float[q.size(0)],
                            Float.POSITIVE_INFINITY,
                            kinds);
            assertThat(
                            Errors.relative(
                                    TestDevice.host(backend, errors).toFloats(),
                                    golden.get("mse").floats()))
                    .isLessThan(1e-3);
            long[] best = golden.get("best_mask_idx").longs();
            Tensor chosen = TestDevice.host(backend, kinds);
            for (int i = 0; i < best.length; i++) {
                assertThat(chosen.host().getAtIndex(ValueLayout.JAVA_INT, i))
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
            Tensor found = TestDevice.host(backend, out);
            assertThat(Errors.relative(rows(found, kept), golden.get("out").floats()))
                    .isLessThan(1e-4);
        }
    }

    /** The golden has some queries only; the others are zeros, and nobody looks at their output. */
    private static Tensor queries(Arena arena, Map<String, GoldenTensor> golden, int[] kept) {
        long[] dims = golden.get("k").shape().dims();
        Tensor some = golden.get("q").f32(arena);
        Tensor all = Tensor.zeros(arena, DType.F32, dims);
        for (int b = 0; b < dims[0]; b++) {
            for (int h = 0; h < dims[1]; h++) {
                for (int i = 0; i < kept.length; i++) {
                    MemorySegment row = some.get(b).get(h).get(i).host();
                    all.get(b).get(h).get(kept[i]).host().copyFrom(row);
                }
            }
        }
        return all;
    }

    /** Of [batch, heads, tokens, dim] those tokens. */
    private static float[] rows(Tensor t, int[] tokens) {
        int dim = t.size(3);
        float[] all = t.toFloats();
        float[] out = new float[t.size(0) * t.size(1) * tokens.length * dim];
        for (int i = 0; i < out.length / dim; i++) {
            int head = i / tokens.length;
            int token = tokens[i % tokens.length];
            System.arraycopy(all, (head * t.size(2) + token) * dim, out, i * dim, dim);
        }
        return out;
    }

    private static int[] ints(GoldenTensor tensor) {
        return LongStream.of(tensor.longs()).mapToInt(Math::toIntExact).toArray();
    }
}
