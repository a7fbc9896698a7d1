package org.svgen.lab.study;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.svgen.files.Staged;
import org.svgen.lab.metrics.Measure;
import org.svgen.pipeline.Calibration;
import org.svgen.run.CalibrationFile;
import org.svgen.tensor.Field;
import org.svgen.tensor.random.Seeds;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes what came of a study as tables and as JSON, each file whole or not at all. */
final class ResultFiles {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();

    private final Path folder;

    ResultFiles(Path folder) {
        this.folder = folder;
    }

    void write(StudyResults results) {
        write("results.csv", runs(results));
        write("steps.csv", steps(results));
        write("study.json", MAPPER.writeValueAsString(results) + "\n");
    }

    void write(Calibration calibration) {
        write(CalibrationFile.NAME, CalibrationFile.text(calibration));
    }

    private void write(String name, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Staged.write(
                folder.resolve(name),
                temporary -> {
                    Files.write(temporary, bytes);
                    if (!Arrays.equals(bytes, Files.readAllBytes(temporary))) {
                        throw new IOException("it does not read back");
                    }
                });
    }

    /** A line a run. Settings are those in which methods differ. */
    static String runs(StudyResults results) {
        List<String> settings = union(results.methods().stream().map(m -> m.settings().keySet()));
        List<String> measures =
                Arrays.stream(Measure.values()).map(Measure::key).collect(Collectors.toList());
        List<String> others = union(results.runs().stream().map(run -> run.others().keySet()));
        List<String> header = new ArrayList<>(List.of("method", "role", "prompt", "text", "seed"));
        settings.forEach(name -> header.add(Field.words(name, "_")));
        header.addAll(List.of("seconds", "denoising_seconds", "kept_density"));
        header.addAll(measures);
        header.addAll(others);
        Csv csv = new Csv(header);
        for (RunResult run : results.runs()) {
            Method method = method(results, run);
            List<Object> row = new ArrayList<>();
            row.add(method.name());
            row.add(method.role().name().toLowerCase(Locale.ROOT));
            row.add(run.prompt() + 1);
            row.add(results.prompts().get(run.prompt()));
            row.add(Seeds.unsigned(run.seed()));
            add(row, settings, method.settings());
            row.add(run.seconds());
            row.add(run.denoisingSeconds());
            row.add(run.density());
            add(row, measures, run.measures());
            add(row, others, run.others());
            csv.row(row.toArray());
        }
        return csv.text();
    }

    /** A line a denoising step. */
    static String steps(StudyResults results) {
        Csv csv =
                new Csv(
                        List.of(
                                "method",
                                "prompt",
                                "seed",
                                "step",
                                "seconds",
                                "kept_density",
                                "reused"));
        for (RunResult run : results.runs()) {
            for (StepResult step : run.steps()) {
                csv.row(
                        run.method(),
                        run.prompt() + 1,
                        Seeds.unsigned(run.seed()),
                        step.index() + 1,
                        step.seconds(),
                        step.density(),
                        step.reused());
            }
        }
        return csv.text();
    }

    private static Method method(StudyResults results, RunResult run) {
        return results.methods().stream()
                .filter(method -> method.name().equals(run.method()))
                .findFirst()
                .orElseThrow();
    }

    /** All names, in the order in which they come. */
    private static List<String> union(Stream<Set<String>> names) {
        Set<String> all = new LinkedHashSet<>();
        names.forEach(all::addAll);
        return List.copyOf(all);
    }

    private static void add(List<Object> row, List<String> names, Map<String, ?> values) {
        names.forEach(name -> {
            Object value = values.get(name);
            row.add(value == null ? "" : value);
        });
    }
}
