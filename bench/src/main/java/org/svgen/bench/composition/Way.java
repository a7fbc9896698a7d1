package org.svgen.bench.composition;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.BlockOrder;
import org.svgen.pipeline.AttentionSettings.Budget;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.AttentionSettings.Tail;
import org.svgen.pipeline.Rules;
import org.svgen.pipeline.UnusedSettings;

/**
 * A way to attend: a mode, and what of it changes which keys are kept.
 *
 * @param mode which heads attend how
 * @param budget how the density is spent; {@link Budget#FIXED} where the mode has no choice
 * @param tail whether means stand in for what is left out; {@link Tail#AUTO} where the mode has no
 *     choice
 * @param order of blocks; {@link BlockOrder#RASTER} where the mode has no choice
 */
public record Way(Mode mode, Budget budget, Tail tail, BlockOrder order) {
    /** What all are compared with. */
    public static final Way DENSE = new Way(Mode.DENSE, Budget.FIXED, Tail.AUTO, BlockOrder.RASTER);

    /** Checks that nothing is null. */
    public Way {
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(budget, "budget");
        Objects.requireNonNull(tail, "tail");
        Objects.requireNonNull(order, "order");
    }

    /** {@return all that there are: of each mode everything that it has, in the order of modes} */
    public static List<Way> all() {
        List<Way> ways = new ArrayList<>();
        for (Mode mode : Mode.values()) {
            List<Budget> budgets =
                    mode.budgets().isEmpty() ? List.of(Budget.FIXED) : mode.budgets();
            for (Budget budget : budgets) {
                for (Tail tail :
                        mode.takesTail() ? List.of(Tail.OFF, Tail.ON) : List.of(Tail.AUTO)) {
                    for (BlockOrder order :
                            UnusedSettings.used(mode).contains(Rules.BLOCK_ORDER)
                                    ? BlockOrder.values()
                                    : new BlockOrder[] {BlockOrder.RASTER}) {
                        ways.add(new Way(mode, budget, tail, order));
                    }
                }
            }
        }
        return List.copyOf(ways);
    }

    /**
     * {@return the settings, with all layers sparse behind the warm-up}
     *
     * @param base what they are beside
     * @param density of sparse calls
     * @param denseSteps the warm-up
     */
    public AttentionSettings settings(AttentionSettings base, double density, int denseSteps) {
        return base.toBuilder()
                .mode(mode)
                .budget(budget)
                .tail(tail)
                .blockOrder(order)
                .density(density)
                .denseSteps(new Amount.Count(denseSteps))
                .denseLayers(new Amount.Count(0))
                .build();
    }

    /** {@code svg, budget moving, tail on}. */
    @Override
    public String toString() {
        StringJoiner words = new StringJoiner(", ");
        words.add(mode.toString());
        if (!mode.budgets().isEmpty()) {
            words.add("budget " + budget);
        }
        if (mode.takesTail()) {
            words.add("tail " + tail);
        }
        if (UnusedSettings.used(mode).contains(Rules.BLOCK_ORDER)) {
            words.add(order.toString());
        }
        return words.toString();
    }
}
