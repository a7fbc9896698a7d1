package org.svgen.tensor.op;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;

/** What operations do with their operands alike. */
final class Operands {
    private Operands() {}

    /** What takes the place of an operand that may be absent. */
    static @Nullable Tensor on(@Nullable Tensor operand, UnaryOperator<Tensor> tensors) {
        return operand == null ? null : tensors.apply(operand);
    }

    static double bytes(List<Tensor> tensors) {
        return tensors.stream().mapToDouble(Tensor::bytes).sum();
    }

    /**
     * An {@link Op#key}.
     *
     * @param operands tensors, of which type and shape count, and values, which count themselves
     */
    static List<Object> key(String name, @Nullable Object... operands) {
        List<Object> key = new ArrayList<>(1 + 2 * operands.length);
        key.add(name);
        for (Object operand : operands) {
            switch (operand) {
                case null -> key.add("");
                case Tensor t -> {
                    key.add(t.dtype());
                    key.add(t.shape());
                }
                case Weight w ->
                        key.addAll(
                                key("", w.values(), w.scale(), w.inputs(), w.blocks(), w.dtype()));
                default -> key.add(operand);
            }
        }
        return key;
    }

    /** For people: {@code gelu tanh}, and nothing for {@link Activation#NONE}. */
    static String variant(Activation f) {
        return f == Activation.NONE ? "" : words(f);
    }

    /** For people, of a product. */
    static String variant(Activation f, Weight weight) {
        String bits =
                weight.blocks() != null
                        ? weight.blocks().toString()
                        : weight.inputs() == Weight.Inputs.FULL ? "" : "8 bits";
        String function = variant(f);
        return bits.isEmpty() || function.isEmpty() ? function + bits : function + ", " + bits;
    }

    static String words(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
