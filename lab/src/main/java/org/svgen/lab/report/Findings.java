package org.svgen.lab.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.svgen.lab.metrics.Measure;
import org.svgen.lab.statistics.Clustered;
import org.svgen.lab.statistics.Interval;
import org.svgen.lab.statistics.Pareto;
import org.svgen.lab.study.Method;
import org.svgen.lab.study.RunResult;
import org.svgen.lab.study.StepResult;
import org.svgen.lab.study.StudyResults;

/**
 * What the results of a study say: a standing for each method, all over the same clips.
 *
 * @param clips that all methods made
 * @param measures that were taken of all those clips; without MSE, which PSNR tells better
 * @param standings of all methods in the study's order, the reference among them
 */
record Findings(
        StudyResults results, List<Clip> clips, List<Measure> measures, List<Standing> standings) {
    /** In dB, of a clip that does not differ, in means: more than rounding in 32 bits leaves. */
    static final double IDENTICAL_DB = 150;

    static Findings of(StudyResults results) {
        List<Clip> clips = clips(results);
        List<Measure> measures =
                Stream.of(Measure.values())
                        .filter(measure -> measure != Measure.MSE)
                        .filter(measure -> !clips.isEmpty() && everywhere(results, clips, measure))
                        .toList();
        Optional<Method> baseline = baseline(results);
        List<Standing> standings = new ArrayList<>();
        for (Method method : clips.isEmpty() ? List.<Method>of() : results.methods()) {
            standings.add(standing(results, clips, measures, method, baseline));
        }
        return new Findings(results, clips, measures, List.copyOf(standings));
    }

    /** The first that is neither the reference nor the floor. */
    private static Optional<Method> baseline(StudyResults results) {
        return results.methods().stream()
                .filter(method -> method.role() == Method.Role.METHOD)
                .findFirst();
    }

    private static List<Clip> clips(StudyResults results) {
        record Key(int prompt, long seed) {}
        Map<Key, Map<String, RunResult>> found = new LinkedHashMap<>();
        for (RunResult run : results.runs()) {
            found.computeIfAbsent(new Key(run.prompt(), run.seed()), key -> new LinkedHashMap<>())
                    .put(run.method(), run);
        }
        List<Clip> clips = new ArrayList<>();
        found.entrySet().stream()
                .filter(clip ->
                        results.methods().stream()
                                .allMatch(m -> clip.getValue().containsKey(m.name())))
                .sorted(
                        Map.Entry.comparingByKey(
                                Comparator.comparingInt(Key::prompt).thenComparingLong(Key::seed)))
                .forEach(clip ->
                        clips.add(
                                new Clip(
                                        clips.size() + 1,
                                        clip.getKey().prompt(),
                                        clip.getKey().seed(),
                                        clip.getValue())));
        return List.copyOf(clips);
    }

    private static boolean everywhere(StudyResults results, List<Clip> clips, Measure measure) {
        return results.methods().stream()
                .filter(method -> method.role() != Method.Role.REFERENCE)
                .allMatch(method ->
                        clips.stream()
                                .map(clip -> clip.of(method).measures().get(measure.key()))
                                .allMatch(value -> value != null && !value.isNaN()));
    }

    private static Standing standing(
            StudyResults results,
            List<Clip> clips,
            List<Measure> measures,
            Method method,
            Optional<Method> baseline) {
        Map<Measure, Interval> means = new LinkedHashMap<>();
        Map<Measure, Interval> differences = new LinkedHashMap<>();
        boolean judged = method.role() != Method.Role.REFERENCE;
        for (Measure measure : judged ? measures : List.<Measure>of()) {
            double[] values = values(clips, clip -> value(clip.of(method), measure));
            means.put(measure, clustered(clips, values, values).mean());
            if (method.role() == Method.Role.METHOD && !method.equals(baseline.orElse(method))) {
                Method base = baseline.orElseThrow();
                double[] others = values(clips, clip -> value(clip.of(base), measure));
                differences.put(measure, clustered(clips, values, others).meanDifference());
            }
        }
        double[] seconds = values(clips, clip -> clip.of(method).seconds());
        double[] reference = values(clips, clip -> clip.of(results.methods().getFirst()).seconds());
        return new Standing(
                method,
                results.methods().indexOf(method),
                means,
                differences,
                clustered(clips, seconds, seconds).mean(),
                clustered(clips, reference, seconds).ratioOfMeans(),
                mean(clips, clip -> clip.of(method).denoisingSeconds()),
                mean(clips, clip -> clip.of(method).density()),
                mean(clips, clip -> skipped(clip.of(method))));
    }

    private static Clustered clustered(List<Clip> clips, double[] x, double[] y) {
        return Clustered.of(clips.stream().mapToInt(Clip::prompt).toArray(), x, y);
    }

    private static double[] values(List<Clip> clips, ToDoubleFunction<Clip> value) {
        return clips.stream().mapToDouble(value).toArray();
    }

    private static double mean(List<Clip> clips, ToDoubleFunction<Clip> value) {
        return clips.stream().mapToDouble(value).average().orElse(Double.NaN);
    }

    private static double skipped(RunResult run) {
        return run.steps().stream().filter(StepResult::reused).count();
    }

    /** A measure of a run, such that it can be averaged. */
    static double value(RunResult run, Measure measure) {
        double value = Objects.requireNonNull(run.measures().get(measure.key()), measure.key());
        return measure.unit().equals("dB") ? Math.min(value, IDENTICAL_DB) : value;
    }

    Standing reference() {
        return standings.getFirst();
    }

    Optional<Standing> floor() {
        return standings.stream()
                .filter(standing -> standing.method().role() == Method.Role.FLOOR)
                .findFirst();
    }

    /** {@return those that are judged, in the study's order} */
    List<Standing> judged() {
        return standings.stream()
                .filter(standing -> standing.method().role() == Method.Role.METHOD)
                .toList();
    }

    /** {@return the judged that no other judged one beats in speed and this measure} */
    List<Standing> front(Measure measure) {
        List<Standing> judged = judged();
        double sign = measure.higherIsCloser() ? 1 : -1;
        return Pareto.front(
                        judged.stream().mapToDouble(s -> s.speed().estimate()).toArray(),
                        judged.stream().mapToDouble(s -> sign * s.mean(measure)).toArray())
                .stream()
                .map(judged::get)
                .toList();
    }

    /** {@return what is printed first: PSNR if it was taken} */
    Optional<Measure> main() {
        return measures.contains(Measure.PSNR)
                ? Optional.of(Measure.PSNR)
                : measures.stream().findFirst();
    }

    /** {@return the measure that comes nearest to what people see, of those that were taken} */
    Optional<Measure> perceptual() {
        return Stream.of(Measure.LPIPS, Measure.GMSD, Measure.MS_SSIM, Measure.SSIM)
                .filter(measures::contains)
                .findFirst();
    }
}
