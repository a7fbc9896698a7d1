package org.svgen.lab.study;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.svgen.lab.metrics.Measure;
import org.svgen.lab.statistics.UpperBound;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Calibration;
import org.svgen.pipeline.Request;

/**
 * Makes a {@link Calibration} of a study whose methods differ in their limit of attention's error.
 * All of it is by ranks among videos, so that one more video that is like them reaches what it says
 * with the share's probability at least (split conformal prediction, as {@link UpperBound}).
 */
final class Calibrator {
    static final double SHARE = 0.9;
    static final double BOUND_SHARE = 0.95;

    /** What counts as no difference, as in reports. */
    private static final double MOST_PSNR = 150;

    private final StudyRequests requests;
    private final Subject subject;
    private final Consumer<String> notes;

    /**
     * @param notes hears why there is no calibration where one could be expected
     */
    Calibrator(StudyRequests requests, Subject subject, Consumer<String> notes) {
        this.requests = requests;
        this.subject = subject;
        this.notes = notes;
    }

    /** None of a study without several limits. */
    Optional<Calibration> of(List<Arm> arms, List<RunResult> runs) {
        Map<Map<String, Object>, TreeMap<Double, String>> groups = new LinkedHashMap<>();
        for (Arm arm : arms) {
            Request request = requests.request(arm, requests.pairs().getFirst());
            AttentionSettings attention = request.attention();
            if (arm.role() == Method.Role.METHOD
                    && attention.mode() == AttentionSettings.Mode.SVG
                    && attention.maxError() < Double.POSITIVE_INFINITY) {
                groups.computeIfAbsent(Calibration.settingsOf(request), key -> new TreeMap<>())
                        .put(attention.maxError(), arm.name());
            }
        }
        groups.values().removeIf(levels -> levels.size() < 2);
        if (groups.size() > 1) {
            notes.accept(
                    "no calibration: methods with a limit of error differ in other settings, too");
        }
        if (groups.size() != 1) {
            return Optional.empty();
        }
        var group = groups.entrySet().iterator().next();
        return of(group.getKey(), group.getValue(), runs);
    }

    private Optional<Calibration> of(
            Map<String, Object> settings, TreeMap<Double, String> levels, List<RunResult> all) {
        Map<String, List<RunResult>> runs =
                all.stream()
                        .filter(run -> levels.containsValue(run.method()))
                        .collect(Collectors.groupingBy(RunResult::method));
        int videos = runs.values().stream().mapToInt(List::size).min().orElse(0);
        int rank = (int) Math.floor((videos + 1) * (1 - SHARE) + 1e-9);
        if (rank < 1) {
            notes.accept(
                    "no calibration: expected %d videos or more of each limit, found %d"
                            .formatted((int) Math.ceil(1 / (1 - SHARE) - 1e-9) - 1, videos));
            return Optional.empty();
        }
        List<Calibration.Point> points = new ArrayList<>();
        double least = MOST_PSNR;
        for (Map.Entry<Double, String> level : levels.entrySet()) {
            // Never more than a stricter limit reached: that would be chance.
            least = Math.min(least, psnr(runs.getOrDefault(level.getValue(), List.of()), rank));
            points.add(new Calibration.Point(level.getKey(), least));
        }
        return Optional.of(
                new Calibration(
                        "calibration.json",
                        subject.model(),
                        subject.modelHash(),
                        SHARE,
                        videos,
                        settings,
                        points,
                        bound(runs)));
    }

    /** The PSNR of rank {@code rank} from below. */
    private static double psnr(List<RunResult> runs, int rank) {
        double[] values =
                runs.stream()
                        .mapToDouble(run -> run.measures().getOrDefault(Measure.PSNR.key(), 0.0))
                        .sorted()
                        .toArray();
        return values[rank - 1];
    }

    /** By the worst level of each video: its runs are too much alike to count one by one. */
    private static Optional<Calibration.Bound> bound(Map<String, List<RunResult>> runs) {
        Map<String, double[]> worst = new LinkedHashMap<>();
        for (RunResult run : runs.values().stream().flatMap(List::stream).toList()) {
            double receipt = run.others().getOrDefault("receipt_error", 0.0);
            double audit = run.others().getOrDefault("audit_error", Double.NaN);
            if (receipt > 0 && audit >= 0) {
                worst.merge(
                        run.prompt() + " " + run.seed(),
                        new double[] {receipt, audit},
                        (a, b) -> a[1] / a[0] >= b[1] / b[0] ? a : b);
            }
        }
        double[][] examples = worst.values().toArray(double[][]::new);
        if (examples.length < BOUND_SHARE / (1 - BOUND_SHARE) - 1e-9) {
            return Optional.empty();
        }
        UpperBound bound =
                UpperBound.calibrate(
                        Arrays.stream(examples).mapToDouble(e -> e[0]).toArray(),
                        Arrays.stream(examples).mapToDouble(e -> e[1]).toArray(),
                        BOUND_SHARE);
        return Optional.of(new Calibration.Bound(bound.factor(), bound.level()));
    }
}
