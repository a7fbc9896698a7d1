package org.svgen.checkpoint.single;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.ComputedTensor;
import org.svgen.checkpoint.HostTensor;
import org.svgen.checkpoint.MappedTensor;
import org.svgen.checkpoint.StoredWeight;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;

/**
 * What stands in a file beside weights of 8 bits: scales, in the names of several tools.
 *
 * <ul>
 *   <li>ComfyUI, older: {@code X.scale_weight}, one number, and a tensor {@code scaled_fp8} that
 *       says that there are scales; {@code X.scale_input} is about activations.
 *   <li>ComfyUI, newer: {@code X.weight_scale}, one number; {@code X.comfy_quant} holds JSON, or
 *       {@code _quantization_metadata} in the header does for all.
 *   <li>LightX2V: {@code X.weight_scale}, a number a row, [rows, 1].
 *   <li>ModelOpt: {@code X.weight_scale}, one number, and {@code X.input_scale}.
 * </ul>
 *
 * <p>Without any of these, values of 8 bits are the numbers themselves.
 */
final class Scales {
    private static final String MARK = "scaled_fp8";
    private static final String QUANT = ".comfy_quant";
    private static final List<String> OF_WEIGHTS = List.of(".scale_weight", ".weight_scale");
    private static final List<String> OF_INPUTS = List.of(".scale_input", ".input_scale");

    /** What changes weights by more than one scale. */
    private static final List<String> UNKNOWN =
            List.of(".weight_scale_2", ".pre_quant_scale", ".weight_global_scale");

    private static final String WEIGHT = ".weight";
    private static final Set<String> FORMATS = Set.of("float8_e4m3fn", "float8_e5m2");

    private final TensorFile file;
    private final Map<String, Shape> shapes;
    private final String prefix;
    private final boolean told;

    Scales(TensorFile file, String prefix) {
        this.file = file;
        this.shapes = file.shapes();
        this.prefix = prefix;
        this.told =
                file.metadata().containsKey("_quantization_metadata")
                        || shapes.keySet().stream()
                                .filter(name -> name.startsWith(prefix))
                                .anyMatch(this::isAbout);
    }

    /** True if a tensor is no weight, but is about some. */
    boolean isAbout(String name) {
        return name.equals(prefix + MARK)
                || name.endsWith(QUANT)
                || endsWithOneOf(name, OF_WEIGHTS)
                || endsWithOneOf(name, OF_INPUTS)
                || endsWithOneOf(name, UNKNOWN);
    }

    private static boolean endsWithOneOf(String name, List<String> ends) {
        return ends.stream().anyMatch(name::endsWith);
    }

    /**
     * The scale of a tensor of 8-bit floats: F32 [1] or a number a row; null if the values are the
     * numbers themselves.
     *
     * @throws BadInputException if there should be one and is not, or if it is not of that kind
     */
    @Nullable HostTensor of(String name, Shape weight) {
        if (!name.endsWith(WEIGHT)) {
            return null;
        }
        String layer = name.substring(0, name.length() - WEIGHT.length());
        requireKnown(layer);
        Optional<String> scale =
                OF_WEIGHTS.stream().map(end -> layer + end).filter(shapes::containsKey).findFirst();
        if (scale.isEmpty() && told && weight.rank() > 1) {
            throw wrong(
                    name,
                    "expected a scale beside it, %s or %s, as other weights in the file have one, found none"
                            .formatted(layer + OF_WEIGHTS.get(0), layer + OF_WEIGHTS.get(1)));
        }
        return scale.map(found -> scale(found, weight)).orElse(null);
    }

    private void requireKnown(String layer) {
        for (String end : UNKNOWN) {
            if (shapes.containsKey(layer + end)) {
                throw wrong(
                        layer + end,
                        "expected one scale for the tensor or one for each row, found another kind of quantisation, which is not supported");
            }
        }
        if (shapes.containsKey(layer + QUANT)) {
            Quantisation.of(file, layer + QUANT)
                    .filter(format -> !FORMATS.contains(format))
                    .ifPresent(format -> {
                        throw wrong(
                                layer + QUANT,
                                "expected a format of %s, found %s"
                                        .formatted(
                                                String.join(
                                                        ", ", FORMATS.stream().sorted().toList()),
                                                Untrusted.quoted(format)));
                    });
        }
    }

    private HostTensor scale(String name, Shape weight) {
        Shape shape = Objects.requireNonNull(shapes.get(name));
        long rows = weight.size(0);
        boolean aRow =
                weight.rank() > 1
                        && shape.elements() == rows
                        && (shape.rank() == 1 || shape.rank() == 2 && shape.size(1) == 1);
        StoredWeight found = file.weights().find(name, shape).orElseThrow();
        DType type = found.values().dtype();
        if (shape.elements() != 1 && !aRow
                || !Set.of(DType.F32, DType.F16, DType.BF16).contains(type)) {
            throw wrong(
                    name,
                    "expected floats of shape [], [1], [%d] or [%d, 1], found %s %s"
                            .formatted(rows, rows, type, shape));
        }
        long count = shape.elements();
        if (found.values() instanceof MappedTensor(Tensor tensor)) {
            Tensor line = tensor.reshape(count);
            return type == DType.F32
                    ? new MappedTensor(line)
                    : new ComputedTensor(DType.F32, Shape.of(count), _ -> line.toFloats());
        }
        throw wrong(name, "expected numbers that lie in the file");
    }

    private BadInputException wrong(String name, String what) {
        return new BadInputException(
                "%s: tensor %s: %s".formatted(file.path(), Untrusted.quoted(name), what));
    }
}
