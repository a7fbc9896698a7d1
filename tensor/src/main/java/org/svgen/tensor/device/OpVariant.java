package org.svgen.tensor.device;

import static org.svgen.tensor.device.OpCost.arg;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.Ops.HeadNorm;

/** Names, for people, what an operation does beyond its plainest form. */
final class OpVariant {
    private static final double DENSE = 0.95;

    private OpVariant() {}

    static String of(String operation, @Nullable Object[] args) {
        List<String> words = new ArrayList<>();
        switch (operation) {
            case "layerNorm" -> {
                if (args[4] != null) {
                    words.add("modulated");
                }
            }
            case "groupNorm" -> {
                if (args[5] != null) {
                    words.add("modulated");
                }
            }
            case "splitHeads" -> {
                HeadNorm norm = (HeadNorm) arg(args, 1);
                if (norm.kind() != HeadNorm.Kind.NONE) {
                    words.add(lower(norm.kind()) + " norm");
                }
                if (args[2] != null) {
                    words.add("rotated");
                }
            }
            case "attention" -> words.add(kept((AttentionPlan) arg(args, 3), args[4] != null));
            default -> {}
        }
        for (Object arg : args) {
            if (arg instanceof Activation f && f != Activation.NONE) {
                words.add(lower(f));
            }
        }
        return String.join(", ", words);
    }

    /** What a dense plan leaves out is padding. */
    private static String kept(AttentionPlan plan, boolean perHead) {
        double density = OpCost.density(plan, perHead);
        return !perHead && density > DENSE ? "dense" : "kept %.2f".formatted(density);
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
