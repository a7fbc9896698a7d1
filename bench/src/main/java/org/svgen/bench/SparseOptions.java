package org.svgen.bench;

import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.ClusterSettings;
import org.svgen.pipeline.Rules;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How self-attention is computed behind the warm-up. */
final class SparseOptions {
    private static final int SAMPLED_ROWS = 64;

    @Option(
            names = "--attention",
            paramLabel = "MODE",
            description = "A mode of svgen generate; ${DEFAULT-VALUE} by default.")
    String attention = "svg";

    @Mixin final DensityOption density = new DensityOption();

    @Option(
            names = "--budget",
            paramLabel = "HOW",
            description =
                    "How svg spends the density: moving, heads, snr or fixed; ${DEFAULT-VALUE} by"
                            + " default.")
    String budget = "moving";

    @Option(
            names = "--tail",
            paramLabel = "on|off|auto",
            description =
                    "Whether means stand in for keys that are left out; ${DEFAULT-VALUE} by"
                            + " default.")
    String tail = "auto";

    @Option(
            names = "--block-order",
            paramLabel = "ORDER",
            description =
                    "In which order tokens make blocks, raster or morton; ${DEFAULT-VALUE} by"
                            + " default.")
    String blockOrder = "raster";

    @Option(
            names = "--query-block",
            paramLabel = "BLOCK",
            description =
                    "sol: which queries share a list, single or triple; ${DEFAULT-VALUE} by default.")
    String queryBlock = "single";

    @Option(
            names = "--query-clusters",
            paramLabel = "N",
            description = "svg2, ear: clusters of queries; 0, by default, by the tokens.")
    String queryClusters = "0";

    @Option(
            names = "--key-clusters",
            paramLabel = "N",
            description = "svg2, ear: clusters of keys; 0, by default, by the tokens.")
    String keyClusters = "0";

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
                .tail(Rules.TAIL.parse(tail))
                .blockOrder(Rules.BLOCK_ORDER.parse(blockOrder))
                .queryBlock(Rules.QUERY_BLOCK.parse(queryBlock))
                .clusters(clusters())
                .denseSteps(denseSteps)
                .denseLayers(denseLayers)
                .sampledRows(SAMPLED_ROWS)
                .attentionDtype(precision.checked())
                .build();
    }

    private ClusterSettings clusters() {
        ClusterSettings d = ClusterSettings.DEFAULT;
        return new ClusterSettings(
                Rules.QUERY_CLUSTERS.parse(queryClusters),
                Rules.KEY_CLUSTERS.parse(keyClusters),
                d.topP(),
                d.clusterIterations(),
                d.clusterMetric(),
                d.routing());
    }
}
