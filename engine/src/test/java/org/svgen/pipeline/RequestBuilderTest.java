package org.svgen.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

class RequestBuilderTest {
    private static final Defaults DEFAULTS =
            new Defaults(160, 96, 33, 16, 50, 6, true, AttentionSettings.DEFAULT, List.of());

    @Test
    void whatIsNotNamedIsTheModels() {
        Request r = Request.builder(DEFAULTS).prompt("a circle").build();
        assertThat(r).isEqualTo(Request.of("a circle", DEFAULTS));
        assertThat(r)
                .isEqualTo(
                        new Request(
                                "a circle",
                                "",
                                null,
                                160,
                                96,
                                33,
                                16,
                                50,
                                6,
                                true,
                                0,
                                AttentionSettings.DEFAULT,
                                DType.F32,
                                DType.F32,
                                null));
    }

    @Test
    void eachNameSetsItsPartAndNoOther() {
        try (Arena arena = Arena.ofConfined()) {
            Tensor image = Tensor.zeros(arena, DType.F32, 2, 2, 3);
            Tensor latents = Tensor.zeros(arena, DType.F32, 1);
            AttentionSettings attention =
                    AttentionSettings.builder()
                            .mode(AttentionSettings.Mode.SPATIAL)
                            .density(0.5)
                            .denseSteps(new Amount.Count(2))
                            .denseLayers(new Amount.Fraction(0.5))
                            .headTolerance(0.25)
                            .sampledRows(8)
                            .build();
            assertThat(attention)
                    .isEqualTo(
                            new AttentionSettings(
                                    AttentionSettings.Mode.SPATIAL,
                                    0.5,
                                    new Amount.Count(2),
                                    new Amount.Fraction(0.5),
                                    0.25,
                                    8));
            assertThat(attention.toBuilder().build()).isEqualTo(attention);
            Request r =
                    Request.builder(DEFAULTS)
                            .prompt("a")
                            .negativePrompt("b")
                            .image(image)
                            .size(64, 48)
                            .frames(9)
                            .fps(12)
                            .steps(4)
                            .guidance(1.5)
                            .dynamicGuidance(false)
                            .seed(7)
                            .attention(attention)
                            .dtype(DType.BF16)
                            .llamaRotary(DType.F16)
                            .latents(latents)
                            .build();
            assertThat(r)
                    .isEqualTo(
                            new Request(
                                    "a",
                                    "b",
                                    image,
                                    64,
                                    48,
                                    9,
                                    12,
                                    4,
                                    1.5,
                                    false,
                                    7,
                                    attention,
                                    DType.BF16,
                                    DType.F16,
                                    latents));
            assertThat(r.toBuilder().build()).isEqualTo(r);
        }
    }

    /** So that no part is forgotten that is added later. */
    @Test
    void everyPartOfARequestHasAName() {
        requireNames(
                Request.class, RequestBuilder.class, Set.of("width", "height"), Set.of("size"));
        requireNames(AttentionSettings.class, AttentionBuilder.class, Set.of(), Set.of());
    }

    private static void requireNames(
            Class<?> record, Class<?> builder, Set<String> together, Set<String> as) {
        Set<String> parts = new TreeSet<>(as);
        Arrays.stream(record.getRecordComponents())
                .map(RecordComponent::getName)
                .filter(name -> !together.contains(name))
                .forEach(parts::add);
        Set<String> names = new TreeSet<>();
        Arrays.stream(builder.getDeclaredMethods())
                .filter(m -> m.getReturnType() == builder)
                .map(Method::getName)
                .forEach(names::add);
        assertThat(names).isEqualTo(parts);
    }

    @Test
    void nullIsRefusedByName() {
        assertThatThrownBy(() -> Request.builder(DEFAULTS).prompt(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("prompt");
        assertThatThrownBy(() -> AttentionSettings.builder().denseSteps(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("denseSteps");
    }
}
