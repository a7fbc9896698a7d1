package org.svgen.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.setting.FamilySettings;
import org.svgen.setting.Rule;
import org.svgen.setting.Setting;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

class RequestBuilderTest {
    private static final Setting<Boolean> RISE = Setting.flag("rise", false, "Rise.");
    private static final Setting<DType> ROUND =
            Setting.choice("roundTo", List.of(DType.F32, DType.F16), DType.F32, "Round.");
    private static final Defaults DEFAULTS =
            new Defaults(
                    new VideoSize(160, 96, 33, 16),
                    Sampling.of(50, 6),
                    AttentionSettings.DEFAULT,
                    CacheSettings.NONE,
                    FamilySettings.NONE.with(RISE, true),
                    List.of());

    @Test
    void whatIsNotNamedIsTheModels() {
        Request r = Request.builder(DEFAULTS).prompt("a circle").build();
        assertThat(r).isEqualTo(Request.of("a circle", DEFAULTS));
        assertThat(r)
                .isEqualTo(
                        new Request(
                                new Content("a circle", "", null, null),
                                new VideoSize(160, 96, 33, 16),
                                new Sampling(50, 6, 0, DType.F32, null),
                                AttentionSettings.DEFAULT,
                                CacheSettings.NONE,
                                new FamilySettings(Map.of("rise", true))));
    }

    @Test
    void aKeyOfAFileIsNoName() {
        assertThatThrownBy(() -> Request.builder(DEFAULTS).set("dense_steps", 2))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "expected the name of a setting in camelCase such as denseSteps, found"
                                + " dense_steps");
    }

    @Test
    void eachNameSetsItsPartAndNoOther() {
        try (Arena arena = Arena.ofConfined()) {
            Tensor image = Tensor.zeros(arena, DType.F32, 2, 2, 3);
            Tensor last = Tensor.zeros(arena, DType.F32, 3, 2, 3);
            Tensor latents = Tensor.zeros(arena, DType.F32, 1);
            AttentionSettings attention =
                    AttentionSettings.builder()
                            .mode(AttentionSettings.Mode.SVG)
                            .density(0.5)
                            .denseSteps(new Amount.Count(2))
                            .denseLayers(new Amount.Fraction(0.5))
                            .headTolerance(0.25)
                            .sampledRows(8)
                            .budget(AttentionSettings.Budget.SNR)
                            .maxError(0.1)
                            .auditRows(16)
                            .attentionDtype(AttentionSettings.Precision.FP8)
                            .tail(AttentionSettings.Tail.OFF)
                            .tau(OptionalDouble.of(1.5))
                            .blockOrder(AttentionSettings.BlockOrder.MORTON)
                            .queryBlock(AttentionSettings.QueryBlock.TRIPLE)
                            .tile(List.of(2, 4, 8))
                            .build();
            assertThat(attention)
                    .isEqualTo(
                            new AttentionSettings(
                                    AttentionSettings.Mode.SVG,
                                    0.5,
                                    new Amount.Count(2),
                                    new Amount.Fraction(0.5),
                                    0.25,
                                    8,
                                    AttentionSettings.Budget.SNR,
                                    0.1,
                                    16,
                                    AttentionSettings.Precision.FP8,
                                    0,
                                    AttentionSettings.Tail.OFF,
                                    OptionalDouble.of(1.5),
                                    AttentionSettings.BlockOrder.MORTON,
                                    AttentionSettings.QueryBlock.TRIPLE,
                                    List.of(2, 4, 8),
                                    Optional.empty(),
                                    ClusterSettings.DEFAULT));
            assertThat(attention.toBuilder().build()).isEqualTo(attention);
            CacheSettings cache =
                    CacheSettings.builder()
                            .kind(CacheSettings.Kind.EVEN)
                            .threshold(0.25)
                            .warmUp(new Amount.Count(3))
                            .inARow(2)
                            .build();
            assertThat(cache)
                    .isEqualTo(
                            new CacheSettings(
                                    CacheSettings.Kind.EVEN,
                                    OptionalDouble.of(0.25),
                                    new Amount.Count(3),
                                    2));
            assertThat(cache.toBuilder().build()).isEqualTo(cache);
            Request r =
                    Request.builder(DEFAULTS)
                            .prompt("a")
                            .negativePrompt("b")
                            .image(image)
                            .lastImage(last)
                            .size(64, 48)
                            .frames(9)
                            .fps(12)
                            .steps(4)
                            .guidance(1.5)
                            .set(RISE, false)
                            .seed(7)
                            .attention(attention)
                            .cache(cache)
                            .dtype(DType.BF16)
                            .set(ROUND, DType.F16)
                            .latents(latents)
                            .build();
            assertThat(r)
                    .isEqualTo(
                            new Request(
                                    new Content("a", "b", image, last),
                                    new VideoSize(64, 48, 9, 12),
                                    new Sampling(4, 1.5, 7, DType.BF16, latents),
                                    attention,
                                    cache,
                                    new FamilySettings(Map.of("rise", false, "roundTo", "f16"))));
            assertThat(r.get(ROUND)).isEqualTo(DType.F16);
            assertThat(r.toBuilder().build()).isEqualTo(r);
        }
    }

    /** So that no part is forgotten that is added later. */
    @Test
    void everyPartOfARequestHasANameInTheBuilderAndInTheListOfParts() {
        Set<String> parts = new TreeSet<>();
        for (Class<?> record : List.of(Content.class, VideoSize.class, Sampling.class)) {
            parts.addAll(parts(record));
        }
        Set<String> together = Set.of("width", "height");
        Set<String> doors = new TreeSet<>(parts);
        doors.removeAll(together);
        doors.addAll(Set.of("size", "attention", "calibration", "cache", "set"));
        assertThat(names(RequestBuilder.class)).isEqualTo(doors);
        assertThat(names(AttentionBuilder.class)).isEqualTo(parts(AttentionSettings.class));
        assertThat(names(CacheBuilder.class)).isEqualTo(parts(CacheSettings.class));

        parts.addAll(parts(AttentionSettings.class));
        parts.removeAll(
                // Tensors and calibrations are no values of files.
                Set.of("mode", "image", "lastImage", "latents", "calibration", "clusters"));
        parts.addAll(parts(ClusterSettings.class));
        parts.add("attention"); // what the mode is called
        parts.addAll(Set.of("cache", "cacheThreshold", "cacheWarmUp", "cacheInARow"));
        assertThat(Rules.all()).extracting(Rule::name).containsExactlyInAnyOrderElementsOf(parts);
    }

    private static Set<String> parts(Class<?> record) {
        return Arrays.stream(record.getRecordComponents())
                .map(RecordComponent::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> names(Class<?> builder) {
        return Arrays.stream(builder.getDeclaredMethods())
                .filter(m -> m.getReturnType() == builder && Modifier.isPublic(m.getModifiers()))
                .map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void doorsSetFieldsAndSettingsOfFamiliesByTheirNames() {
        Request r =
                Request.builder(DEFAULTS)
                        .set("prompt", "a star")
                        .set("width", 64)
                        .set("seed", new BigInteger("18446744073709551615"))
                        .set("density", 1)
                        .set("denseSteps", 3)
                        .set("denseLayers", 0.5)
                        .set("attention", "spatial")
                        .set("roundTo", "F16")
                        .build();
        assertThat(r.prompt()).isEqualTo("a star");
        assertThat(r.video()).isEqualTo(new VideoSize(64, 96, 33, 16));
        assertThat(r.seed()).isEqualTo(-1);
        assertThat(r.attention())
                .isEqualTo(
                        AttentionSettings.builder()
                                .mode(AttentionSettings.Mode.SPATIAL)
                                .density(1)
                                .denseSteps(new Amount.Count(3))
                                .denseLayers(new Amount.Fraction(0.5))
                                .build());
        assertThat(r.get(ROUND)).isEqualTo(DType.F16);
        assertThat(r.get(RISE)).isTrue();
    }

    static Map<String, UnaryOperator<RequestBuilder>> wrong() {
        return Map.<String, UnaryOperator<RequestBuilder>>ofEntries(
                Map.entry("width", b -> b.size(0, 48)),
                Map.entry("height", b -> b.size(64, -1)),
                Map.entry("frames", b -> b.frames(0)),
                Map.entry("fps", b -> b.fps(Double.NaN)),
                Map.entry("steps", b -> b.steps(0)),
                Map.entry("guidance", b -> b.guidance(-0.5)),
                Map.entry("dtype", b -> b.dtype(DType.F16)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"width", "height", "frames", "fps", "steps", "guidance", "dtype"})
    void aRequestWithAWrongFieldCannotBeMade(String field) {
        RequestBuilder builder = wrong().get(field).apply(Request.builder(DEFAULTS));
        refused(field, builder::build);
    }

    @Test
    void attentionSettingsWithAWrongFieldCannotBeMade() {
        refused("density", () -> AttentionSettings.builder().density(1.01).build());
        Amount negative = new Amount.Count(-1);
        refused("denseSteps", () -> AttentionSettings.builder().denseSteps(negative).build());
        Amount most = new Amount.Fraction(1.01);
        refused("denseLayers", () -> AttentionSettings.builder().denseLayers(most).build());
        refused("headTolerance", () -> AttentionSettings.builder().headTolerance(-1).build());
        refused("sampledRows", () -> AttentionSettings.builder().sampledRows(0).build());
    }

    private static void refused(String field, ThrowingCallable make) {
        assertThatThrownBy(make)
                .isInstanceOfSatisfying(
                        BadInputException.class, e -> assertThat(e.field()).hasValue(field));
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
