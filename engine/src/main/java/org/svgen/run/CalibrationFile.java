package org.svgen.run;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.svgen.checkpoint.Config;
import org.svgen.pipeline.Calibration;
import org.svgen.tensor.BadInputException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Calibrations as JSON files; a model's folder may have one. */
public final class CalibrationFile {
    /** Its name in a model's folder, and in a study's. */
    public static final String NAME = "calibration.json";

    private static final String MODEL = "model";
    private static final String MODEL_HASH = "model_hash";
    private static final String SHARE = "share";
    private static final String VIDEOS = "videos";
    private static final String SETTINGS = "settings";
    private static final String POINTS = "max_error_and_psnr";
    private static final String FACTOR = "error_bound_factor";
    private static final String FACTOR_SHARE = "error_bound_share";
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private CalibrationFile() {}

    /**
     * {@return the calibration of a file}
     *
     * @param file as {@link #text} has it
     * @throws BadInputException naming the key that is wrong
     */
    public static Calibration read(Path file) {
        Config json = Config.read(file);
        Config settings =
                json.section(SETTINGS).orElseThrow(() -> json.wrong(SETTINGS, "an object"));
        Map<String, Object> values = new LinkedHashMap<>();
        settings.keys().forEach(key -> settings.plain(key).ifPresent(v -> values.put(key, v)));
        List<Calibration.Point> points =
                json.pairs(POINTS).stream()
                        .map(pair -> new Calibration.Point(pair.getFirst(), pair.getLast()))
                        .toList();
        Optional<Calibration.Bound> bound =
                json.has(FACTOR)
                        ? Optional.of(
                                new Calibration.Bound(
                                        json.numberIn(FACTOR, 0, 1000),
                                        json.numberIn(FACTOR_SHARE, 0, 1)))
                        : Optional.empty();
        try {
            return new Calibration(
                    file.toString(),
                    json.text(MODEL),
                    json.text(MODEL_HASH),
                    json.numberIn(SHARE, 0, 1),
                    json.positive(VIDEOS),
                    values,
                    points,
                    bound);
        } catch (IllegalArgumentException e) {
            throw new BadInputException(
                    "%s: \"%s\": %s".formatted(file, POINTS, e.getMessage()), e);
        }
    }

    /**
     * {@return the calibration as JSON}
     *
     * @param calibration whose source is left out
     */
    public static String text(Calibration calibration) {
        Objects.requireNonNull(calibration, "calibration");
        Map<String, Object> values = new LinkedHashMap<>();
        values.put(MODEL, calibration.model());
        values.put(MODEL_HASH, calibration.modelHash());
        values.put(SHARE, calibration.share());
        values.put(VIDEOS, calibration.videos());
        values.put(
                POINTS,
                calibration.points().stream()
                        .map(point -> List.of(point.maxError(), point.psnr()))
                        .toList());
        calibration
                .bound()
                .ifPresent(bound -> {
                    values.put(FACTOR, bound.factor());
                    values.put(FACTOR_SHARE, bound.share());
                });
        values.put(SETTINGS, calibration.settings());
        return MAPPER.writeValueAsString(values) + "\n";
    }
}
