package org.svgen.cli;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.Fields;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StagePlan;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;
import picocli.CommandLine.Option;

/** How self-attention is computed; null leaves it to the model. */
final class AttentionOptions {
    @Option(
            names = "--attention",
            paramLabel = "MODE",
            description =
                    "dense: all keys, slow, the yardstick. svg: each head attends to near frames or"
                            + " to near places, whichever a sample of its rows says (default)."
                            + " svg-official: the same by the rules of the official code, quirks"
                            + " included. spatial, temporal: all heads one way, to compare.")
    @Nullable String attention;

    @Option(
            names = "--density",
            paramLabel = "FRACTION",
            description =
                    "The fraction of query-key pairs that sparse calls keep, above 0 and up to 1:"
                            + " less is faster and further from dense. Default: the model's own.")
    @Nullable Double density;

    @Option(
            names = "--dense-steps",
            paramLabel = "N|FRACTION",
            description =
                    "The first steps, a count such as 5 or a fraction such as 0.2, attend densely."
                            + " Default: the model's own.")
    @Nullable String denseSteps;

    @Option(
            names = "--dense-layers",
            paramLabel = "N|FRACTION",
            description =
                    "The first layers, a count or a fraction, attend densely in every step."
                            + " Default: the model's own.")
    @Nullable String denseLayers;

    @Option(
            names = "--head-tolerance",
            paramLabel = "ERROR",
            description =
                    "svg: a head whose better band misses dense attention by more than this relative"
                            + " error, such as 0.5, stays dense in that call. Infinity: none does."
                            + " Default: the model's own.")
    @Nullable Double headTolerance;

    @Option(
            names = "--sampled-rows",
            paramLabel = "N",
            description =
                    "Query rows of each call by which the kinds of heads are chosen. Default: the"
                            + " model's own.")
    @Nullable Integer sampledRows;

    /**
     * @throws BadInputException for the first option that is wrong
     */
    void check() {
        settings(
                AttentionSettings.builder()
                        .mode(Mode.SVG)
                        .density(1)
                        .denseSteps(new Amount.Count(0))
                        .denseLayers(new Amount.Count(0))
                        .headTolerance(1)
                        .sampledRows(1)
                        .build());
    }

    /** What was given, the rest from {@code absent}. */
    AttentionSettings settings(AttentionSettings absent) {
        Ranges.check(density == null || (density > 0 && density <= 1), "--density", density);
        Ranges.check(
                headTolerance == null || headTolerance >= 0, "--head-tolerance", headTolerance);
        Ranges.atLeastOne("--sampled-rows", sampledRows);
        return AttentionSettings.builder()
                .mode(attention == null ? absent.mode() : Mode.of(attention))
                .density(density == null ? absent.density() : density)
                .denseSteps(
                        denseSteps == null
                                ? absent.denseSteps()
                                : Amount.parse(Fields.DENSE_STEPS, denseSteps))
                .denseLayers(
                        denseLayers == null
                                ? absent.denseLayers()
                                : Amount.parse(Fields.DENSE_LAYERS, denseLayers))
                .headTolerance(headTolerance == null ? absent.headTolerance() : headTolerance)
                .sampledRows(sampledRows == null ? absent.sampledRows() : sampledRows)
                .build();
    }

    /** Says which options have no effect on attention of {@code mode}. */
    void tellOfUnused(Mode mode, Consumer<String> notes) {
        boolean dense = mode == Mode.DENSE;
        boolean given = mode == Mode.SPATIAL || mode == Mode.TEMPORAL;
        tellOfUnused(dense, "--density", density, mode, notes);
        tellOfUnused(dense, "--dense-steps", denseSteps, mode, notes);
        tellOfUnused(dense, "--dense-layers", denseLayers, mode, notes);
        tellOfUnused(mode != Mode.SVG, "--head-tolerance", headTolerance, mode, notes);
        tellOfUnused(dense || given, "--sampled-rows", sampledRows, mode, notes);
    }

    private static void tellOfUnused(
            boolean unused,
            String option,
            @Nullable Object value,
            Mode mode,
            Consumer<String> notes) {
        if (unused && value != null) {
            notes.accept("%s is not used with --attention %s".formatted(option, mode));
        }
    }

    /** Says what is taken where more was asked for than there is. */
    void tellOfLess(int steps, Plan plan, Consumer<String> notes) {
        tellOfLess("--dense-steps", amount(Fields.DENSE_STEPS, denseSteps), steps, "step", notes);
        for (StagePlan stage : plan.stages()) {
            int layers = stage.need().layers().size();
            if (stage.stage().kind() == Stage.Kind.DENOISE && layers > 0) {
                tellOfLess(
                        "--dense-layers",
                        amount(Fields.DENSE_LAYERS, denseLayers),
                        layers,
                        "layer",
                        notes);
            }
        }
        Amount rows = sampledRows == null ? null : new Amount.Count(sampledRows);
        tellOfLess("--sampled-rows", rows, plan.tokens().video(), "token", notes);
    }

    private static @Nullable Amount amount(Field field, @Nullable String text) {
        return text == null ? null : Amount.parse(field, text);
    }

    private static void tellOfLess(
            String option, @Nullable Amount asked, int there, String what, Consumer<String> notes) {
        if (asked instanceof Amount.Count(int count) && count > there) {
            notes.accept(
                    "%s %d: there are only %s, all are taken"
                            .formatted(option, count, Text.some(there, what)));
        }
    }
}
