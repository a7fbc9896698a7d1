package org.svgen.bench.composition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Rules;
import org.svgen.tensor.DType;

/**
 * In what a run computes.
 *
 * @param name for people
 * @param layers what the denoiser's large layers compute in
 * @param noise as a request's {@code dtype}
 * @param attention in what attention multiplies
 */
public record Precision(
        String name, DType layers, DType noise, AttentionSettings.Precision attention) {
    /** Everything in 32 bits. */
    public static final Precision F32 =
            new Precision("f32", DType.F32, DType.F32, AttentionSettings.Precision.AUTO);

    /** Checks that nothing is null. */
    public Precision {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(layers, "layers");
        Objects.requireNonNull(noise, "noise");
        Objects.requireNonNull(attention, "attention");
    }

    /** {@return all that there are; in 8 bits, layers are in bf16} */
    public static List<Precision> all() {
        AttentionSettings.Precision auto = AttentionSettings.Precision.AUTO;
        List<Precision> all = new ArrayList<>();
        all.add(F32);
        all.add(new Precision("bf16", DType.BF16, DType.F32, auto));
        Arrays.stream(DType.values())
                .filter(type -> type != DType.F32 && Rules.DTYPE.values().takes(type))
                .map(type ->
                        new Precision(
                                type == DType.BF16
                                        ? "noise in bf16 too"
                                        : "products in " + plain(type),
                                DType.BF16,
                                type,
                                auto))
                .forEach(all::add);
        Arrays.stream(AttentionSettings.Precision.values())
                .filter(AttentionSettings.Precision::eightBits)
                .map(type -> new Precision("attention in " + type, DType.BF16, DType.F32, type))
                .forEach(all::add);
        return List.copyOf(all);
    }

    private static String plain(DType type) {
        return String.valueOf(Rules.DTYPE.values().plain(type));
    }

    @Override
    public String toString() {
        return name;
    }
}
