package org.svgen.pipeline;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The file of a report, as docs/report.schema.json describes it.
 *
 * @param schemaVersion raised when a key goes or means something else; keys may be added
 * @param output where the video is
 * @param recipe all it takes to make the video again
 * @param planned what was planned
 * @param seconds of all stages
 * @param report what happened
 */
public record WrittenReport(
        int schemaVersion,
        String output,
        Map<String, @Nullable Object> recipe,
        Planned planned,
        double seconds,
        Report report) {
    private static final int SCHEMA_VERSION = 2;

    /** Checks that nothing is null that must be there. */
    public WrittenReport {
        Objects.requireNonNull(output, "output");
        Objects.requireNonNull(recipe, "recipe");
        Objects.requireNonNull(planned, "planned");
        Objects.requireNonNull(report, "report");
        recipe = Collections.unmodifiableMap(new LinkedHashMap<>(recipe));
    }

    /**
     * What the plan said, to be compared with what happened.
     *
     * @param limitBytes of the device that might be taken
     * @param peakBytes of the device
     * @param hostBytes for frames and latents
     * @param stageSeconds empty without a forecast
     */
    public record Planned(
            long limitBytes, long peakBytes, long hostBytes, Map<Stage, Double> stageSeconds) {
        /** Keeps a copy of the seconds. */
        public Planned {
            Objects.requireNonNull(stageSeconds, "stageSeconds");
            stageSeconds = Collections.unmodifiableMap(new LinkedHashMap<>(stageSeconds));
        }

        /**
         * {@return what a plan said}
         *
         * @param plan of the run
         * @param stageSeconds empty without a forecast
         */
        public static Planned of(Plan plan, Map<Stage, Double> stageSeconds) {
            Objects.requireNonNull(plan, "plan");
            return new Planned(
                    plan.limitBytes(), plan.peakBytes(), plan.resultBytes(), stageSeconds);
        }
    }

    /**
     * {@return the file of a run}
     *
     * @param output where the video is
     * @param recipe all it takes to make the video again
     * @param planned what was planned
     * @param report what happened
     */
    public static WrittenReport of(String output, Recipe recipe, Planned planned, Report report) {
        Objects.requireNonNull(recipe, "recipe");
        Objects.requireNonNull(report, "report");
        return new WrittenReport(
                SCHEMA_VERSION, output, recipe.values(), planned, report.seconds(), report);
    }

    /** {@return the content of the file: JSON, a line at its end} */
    public String text() {
        return PlainJson.pretty(this) + "\n";
    }
}
