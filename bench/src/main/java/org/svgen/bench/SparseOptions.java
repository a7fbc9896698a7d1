package org.svgen.bench;

import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.Rules;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How self-attention is computed behind the warm-up. */
final class SparseOptions {
    private static final int SAMPLED_ROWS = 64;

    @Option(
            names = "--attention",
            description = "dense, svg or svg-official; ${DEFAULT-VALUE} by default.")
    String attention = "svg";

    @Mixin final DensityOption density = new DensityOption();

    @Option(
            names = "--budget",
            paramLabel = "HOW",
            description =
                    "How svg spends the density: moving, heads, snr or fixed; ${DEFAULT-VALUE} by"
                            + " default.")
    String budget = "moving";

    @Mixin final AttentionDtypeOption precision = new AttentionDtypeOption();

    /**
     * The settings with a warm-up of {@code denseSteps} and {@code denseLayers}.
     *
     * @throws BadInputException for the first option that is wrong
     */
    AttentionSettings settings(Amount denseSteps, Amount denseLayers) {
        return AttentionSettings.builder()
                .mode(Mode.of(attention))
                .density(density.checked())
                .budget(Rules.BUDGET.parse(budget))
                .denseSteps(denseSteps)
                .denseLayers(denseLayers)
                .sampledRows(SAMPLED_ROWS)
                .attentionDtype(precision.checked())
                .build();
    }
}
