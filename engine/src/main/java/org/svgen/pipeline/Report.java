package org.svgen.pipeline;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * What happened in a run.
 *
 * @param model the pipeline class and folder name
 * @param modelHash SHA-256 over the checkpoint's files; empty if they were removed or replaced
 *     during the run
 * @param device that it ran on
 * @param stageSeconds wall time by stage
 * @param weightSeconds of the stages' time, until weights were where they are used; streamed layers
 *     come later
 * @param steps denoising steps
 * @param density kept fraction of query-key pairs over all attention calls, counted
 * @param sparseDensity the same over sparse calls alone, which are those outside of the warm-up;
 *     heads that stay dense in them count with them; none in a dense run
 * @param layers head kinds by layer, over all sparse calls
 * @param workspaceBytes planned step memory
 * @param peakBytes the most memory that the backend had given out
 * @param tokensCut tokens of the prompt that did not fit
 * @param reusedSteps how many of the steps came from the cache
 * @param widths kept fraction of pairs by width of band, rising; empty without sparse calls
 * @param receipt how far sparse attention was from dense attention, as far as it was measured
 */
public record Report(
        String model,
        String modelHash,
        String device,
        Map<Stage, Double> stageSeconds,
        double weightSeconds,
        List<Step> steps,
        double density,
        OptionalDouble sparseDensity,
        List<Layer> layers,
        long workspaceBytes,
        long peakBytes,
        int tokensCut,
        int reusedSteps,
        List<Double> widths,
        Receipt receipt) {
    /** Checks that nothing is null that must be there. */
    public Report {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(modelHash, "modelHash");
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(stageSeconds, "stageSeconds");
        Objects.requireNonNull(steps, "steps");
        Objects.requireNonNull(sparseDensity, "sparseDensity");
        Objects.requireNonNull(layers, "layers");
        Objects.requireNonNull(widths, "widths");
        Objects.requireNonNull(receipt, "receipt");
    }

    /**
     * With a stage that came behind the pipeline's own.
     *
     * @param stage the stage
     * @param seconds wall-clock time
     * @return the same, and that stage
     */
    public Report withStage(Stage stage, double seconds) {
        Map<Stage, Double> stages = new LinkedHashMap<>();
        stages.putAll(stageSeconds);
        stages.put(stage, seconds);
        return new Report(
                model,
                modelHash,
                device,
                stages,
                weightSeconds,
                steps,
                density,
                sparseDensity,
                layers,
                workspaceBytes,
                peakBytes,
                tokensCut,
                reusedSteps,
                widths,
                receipt);
    }

    /**
     * Of all stages.
     *
     * @return seconds of all stages
     */
    public double seconds() {
        return stageSeconds.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /**
     * One denoising step.
     *
     * @param index from 0
     * @param timestep on the scheduler's scale
     * @param seconds wall-clock time
     * @param density of its attention calls, counted; 0 where none was made
     * @param heads the kinds of heads, a text for each layer: a letter for each head, {@code s}
     *     spatial, {@code t} temporal, {@code d} looked at and left dense; a space between guidance
     *     branches, the one without the prompt first; empty where the whole call was dense or none
     *     was made
     * @param reused whether its output came from the cache
     * @param cacheFigure what the cache compared with its threshold; none where nothing was to
     *     decide
     * @param widths the widths of bands, laid out as {@code heads}: a digit, or a letter from
     *     {@code a}, is the place in {@link Report#widths}, {@code -} has none; empty where there
     *     is one width
     * @param error of the step, as {@link Receipt#error}; none if nothing was measured
     * @param densities what heads without kinds kept, a text for each layer: percentages of their
     *     pairs, a space between heads, a comma between guidance branches; empty as {@code heads}
     */
    public record Step(
            int index,
            double timestep,
            double seconds,
            double density,
            List<String> heads,
            boolean reused,
            OptionalDouble cacheFigure,
            List<String> widths,
            OptionalDouble error,
            List<String> densities) {
        /** Checks that nothing is null that must be there. */
        public Step {
            Objects.requireNonNull(heads, "heads");
            Objects.requireNonNull(widths, "widths");
            Objects.requireNonNull(error, "error");
            Objects.requireNonNull(cacheFigure, "cacheFigure");
            Objects.requireNonNull(densities, "densities");
        }
    }

    /**
     * How many heads of a layer were called spatial, temporal and neither (so they stayed dense),
     * summed over the steps and branches that looked.
     *
     * @param index from 0
     * @param spatial how often its heads were called spatial
     * @param temporal how often its heads were called temporal
     * @param dense how often its heads stayed dense
     */
    public record Layer(int index, long spatial, long temporal, long dense) {}

    /**
     * How far sparse attention was from dense attention, on sampled rows: the root of the mean
     * squared error of heads, each as a share of the mean square that its layer puts out, over all
     * steps, layers and branches, dense ones too. A step weighs by the square of its share in the
     * sample, a branch by the square of its factor in guidance. A skipped step has the error that
     * its cache thinks it has.
     *
     * @param error by the rows that chose the bands; none if nothing was measured
     * @param audit by rows of their own; none without an audit
     * @param layers the error of each layer; empty if nothing was measured
     * @param bound what the true error is at most, by the model's {@link Calibration}; none without
     *     one that is of this model and of these settings
     * @param eightBits which part of the query-key pairs that were kept was multiplied in 8 bits,
     *     whose rounding is not in the errors: these are measured in full precision
     */
    public record Receipt(
            OptionalDouble error,
            OptionalDouble audit,
            List<Double> layers,
            OptionalDouble bound,
            double eightBits) {
        /** Nothing was measured. */
        public static final Receipt NONE =
                new Receipt(
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        List.of(),
                        OptionalDouble.empty(),
                        0);

        /** Checks that nothing is null that must be there. */
        public Receipt {
            Objects.requireNonNull(error, "error");
            Objects.requireNonNull(audit, "audit");
            Objects.requireNonNull(layers, "layers");
            Objects.requireNonNull(bound, "bound");
            layers = List.copyOf(layers);
        }
    }
}
