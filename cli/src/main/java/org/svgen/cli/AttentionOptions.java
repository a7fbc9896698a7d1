package org.svgen.cli;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Rules;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StagePlan;
import org.svgen.setting.Rule;
import org.svgen.tensor.BadInputException;
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
                            + " included. spatial, temporal: all heads one way, to compare. pab: all keys at"
                            + " every n-th step, whose outputs the others take over; 1/n is the"
                            + " density. sol: blocks of keys whose mean scores high, and the means"
                            + " of all others (Sol-Attn). svg2: clusters of queries attend to the"
                            + " clusters of keys that they see most of. ear: the same, and the"
                            + " means of the others (SVG-EAR). topk: the blocks of keys whose means"
                            + " score highest. minference: in each head near and first blocks,"
                            + " vertical and slash lines, or topk, as sampled queries say"
                            + " (MInference). sta: a window of tiles around each tile (Sliding Tile"
                            + " Attention).")
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

    @Option(
            names = "--budget",
            paramLabel = "HOW",
            description =
                    "svg: how the density is spent. moving: where it saves most error, over heads,"
                            + " layers and steps (default). heads: so over heads and layers, every"
                            + " step alike. snr: as heads, and noisy steps get more. fixed: every"
                            + " head gets the same. svg2, ear: with snr noisy steps get more, with"
                            + " the others all get alike.")
    @Nullable String budget;

    @Option(
            names = "--max-error",
            paramLabel = "ERROR",
            description =
                    "svg: the most error of attention over the whole run, as the report's receipt"
                            + " measures it, such as 0.1: where the density would miss more, more"
                            + " is kept, and fewer steps are skipped. Default: no limit.")
    @Nullable Double maxError;

    @Option(
            names = "--target-psnr",
            paramLabel = "DB",
            description =
                    "svg: instead of --max-error, how close to dense attention the video is to come,"
                            + " as PSNR such as 28: nine in ten videos reach it, by the model's"
                            + " calibration. More is kept where that takes more than the density.")
    @Nullable Double targetPsnr;

    @Option(
            names = "--calibration",
            paramLabel = "FILE",
            description =
                    "The calibration.json of a study, for --target-psnr and for what the error of"
                            + " attention is at most. Default: that of the model's folder, if any;"
                            + " 'svgen study --preset calibrate' makes one.")
    @Nullable Path calibration;

    @Option(
            names = "--audit-rows",
            paramLabel = "N",
            description =
                    "Query rows of each call on which the error is measured again, apart from those"
                            + " that choose; costs time. Default: 0.")
    @Nullable Integer auditRows;

    @Option(
            names = "--attention-dtype",
            paramLabel = "auto|bf16|fp8|fp8-all",
            description =
                    "In what attention multiplies. bf16: as the layers, f32 where they compute in f32."
                            + " fp8: in 8 bits, faster and less exact, on GPUs that have it; the"
                            + " dense steps and layers stay as the layers. fp8-all: in these too."
                            + " Default: auto, bf16 unless the model's family recommends more.")
    @Nullable String attentionDtype;

    @Option(
            names = "--tail",
            paramLabel = "auto|on|off",
            description =
                    "Whether the mean of each block of 64 keys that is left out stands in for it."
                            + " svg, spatial, temporal: bands are then made of whole blocks."
                            + " Default: auto, on for sol and ear.")
    @Nullable String tail;

    @Option(
            names = "--tau",
            paramLabel = "auto|NUMBER",
            description =
                    "sol: keep the blocks whose score is more than so many standard deviations above"
                            + " the mean of its row, such as 1, instead of a density. Default: auto,"
                            + " as it takes for the density.")
    @Nullable String tau;

    @Option(
            names = "--block-order",
            paramLabel = "raster|morton",
            description =
                    "sol, topk: how the video is cut into blocks. raster: along rows (default)."
                            + " morton: into small bricks of frames, rows and columns.")
    @Nullable String blockOrder;

    @Option(
            names = "--query-block",
            paramLabel = "single|triple",
            description =
                    "sol: which queries share a list of blocks of keys. single: those of a block of"
                            + " 64 (default). triple: those of three blocks, which is faster on"
                            + " Hopper GPUs.")
    @Nullable String queryBlock;

    @Option(
            names = "--tile",
            paramLabel = "auto|FxHxW",
            description =
                    "sta: tokens of a tile along latent frames, rows and columns, such as 6x8x8."
                            + " Default: auto, about that, in tiles that are nearly alike.")
    @Nullable String tile;

    void addTo(Given given) {
        given.parse(Rules.ATTENTION, attention);
        given.add(Rules.DENSITY, density);
        given.parse(Rules.DENSE_STEPS, denseSteps);
        given.parse(Rules.DENSE_LAYERS, denseLayers);
        given.add(Rules.HEAD_TOLERANCE, headTolerance);
        given.add(Rules.SAMPLED_ROWS, sampledRows);
        given.parse(Rules.BUDGET, budget);
        if (targetPsnr != null && maxError != null) {
            throw new BadInputException(
                    "--target-psnr: expected no --max-error beside it, found both; either says how"
                            + " close the video is to come");
        }
        given.add(Rules.TARGET_PSNR, targetPsnr);
        given.add(Rules.MAX_ERROR, maxError);
        given.add(Rules.AUDIT_ROWS, auditRows);
        given.parse(Rules.ATTENTION_DTYPE, attentionDtype);
        given.parse(Rules.TAIL, tail);
        given.parse(Rules.TAU, tau);
        given.parse(Rules.BLOCK_ORDER, blockOrder);
        given.parse(Rules.QUERY_BLOCK, queryBlock);
        given.parse(Rules.TILE, tile);
    }

    /** Says what is taken where more was asked for than there is. */
    void tellOfLess(int steps, Plan plan, Consumer<String> notes) {
        tellOfLess("--dense-steps", amount(Rules.DENSE_STEPS, denseSteps), steps, "step", notes);
        for (StagePlan stage : plan.stages()) {
            int layers = stage.need().layers().size();
            if (stage.stage().kind() == Stage.Kind.DENOISE && layers > 0) {
                tellOfLess(
                        "--dense-layers",
                        amount(Rules.DENSE_LAYERS, denseLayers),
                        layers,
                        "layer",
                        notes);
            }
        }
        Amount rows = sampledRows == null ? null : new Amount.Count(sampledRows);
        tellOfLess("--sampled-rows", rows, plan.tokens().video(), "token", notes);
    }

    private static @Nullable Amount amount(Rule<Amount> rule, @Nullable String text) {
        return text == null ? null : rule.parse(text);
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
