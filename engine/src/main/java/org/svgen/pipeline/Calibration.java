package org.svgen.pipeline;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.svgen.pipeline.AttentionSettings.Precision;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Message;

/**
 * How close to dense attention a model's videos came by each limit of attention's error, measured.
 * It turns {@link AttentionSettings#targetPsnr} into {@link AttentionSettings#maxError}, and the
 * error of a receipt into what that error is at most.
 *
 * @param source where it stands, for messages
 * @param model pipeline class and folder name
 * @param modelHash SHA-256 over the checkpoint's files
 * @param share of videos that reach a point's PSNR, in (0, 1)
 * @param videos that were measured
 * @param settings that all of them had, by their keys
 * @param points by rising limit of error and falling PSNR; at least two
 * @param bound of the error of a video; none if it was not measured
 */
public record Calibration(
        String source,
        String model,
        String modelHash,
        double share,
        int videos,
        Map<String, Object> settings,
        List<Point> points,
        Optional<Bound> bound) {
    /** What differs from video to video, or is chosen by a calibration, or changes no frame. */
    private static final Set<String> FREE =
            Set.of(
                    Rules.PROMPT.key(),
                    Rules.NEGATIVE_PROMPT.key(),
                    Rules.SEED.key(),
                    Rules.FPS.key(),
                    Rules.DTYPE.key(),
                    Rules.TARGET_PSNR.key(),
                    Rules.MAX_ERROR.key(),
                    Rules.AUDIT_ROWS.key());

    /**
     * Videos of one limit.
     *
     * @param maxError the limit, as {@link AttentionSettings#maxError}
     * @param psnr in dB, that the share of videos reached against dense attention
     */
    public record Point(double maxError, double psnr) {}

    /**
     * What the true error of a video is at most.
     *
     * @param factor times the receipt's error
     * @param share of videos of which that is true, at least
     */
    public record Bound(double factor, double share) {}

    /**
     * Checks the points.
     *
     * @throws IllegalArgumentException if they are too few or in another order
     */
    public Calibration {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(modelHash, "modelHash");
        Objects.requireNonNull(bound, "bound");
        Objects.requireNonNull(settings, "settings");
        Objects.requireNonNull(points, "points");
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        points = List.copyOf(points);
        if (points.size() < 2) {
            throw new IllegalArgumentException("expected two points or more, found " + points);
        }
        for (int i = 0; i < points.size(); i++) {
            Point before = points.get(Math.max(0, i - 1));
            Point point = points.get(i);
            boolean rises = i == 0 ? point.maxError() > 0 : point.maxError() > before.maxError();
            if (!rises || !(point.psnr() <= before.psnr()) || Double.isInfinite(point.psnr())) {
                throw new IllegalArgumentException(
                        "expected rising errors and falling PSNR, found "
                                + point
                                + " behind "
                                + before);
            }
        }
    }

    /**
     * {@return the settings of a request that a calibration holds for, by their keys}
     *
     * @param request whose limit of error does not matter, nor what its video shows
     */
    public static Map<String, Object> settingsOf(Request request) {
        Map<String, Object> settings = new LinkedHashMap<>();
        Recipe.fieldsOf(request)
                .forEach((key, value) -> {
                    if (!FREE.contains(key)) {
                        boolean infinite = value.equals(Double.POSITIVE_INFINITY);
                        settings.put(key, infinite ? "Infinity" : value);
                    }
                });
        return settings;
    }

    /**
     * {@return the most error with which the share of videos reaches a PSNR, between points by the
     * logarithm of the error; the most of all if that still does}
     *
     * @param psnr in dB
     * @throws BadInputException if it is above all that was measured
     */
    public double maxErrorFor(double psnr) {
        if (psnr > highest()) {
            throw BadInputException.of(
                    Rules.TARGET_PSNR.field(),
                    "%.1f to %.1f dB".formatted(lowest(), highest()),
                    psnr,
                    Message.of(
                            "%s %s: expected %.1f to %.1f dB, the range of %s",
                            Rules.TARGET_PSNR.field(), psnr, lowest(), highest(), source));
        }
        for (int i = 1; i < points.size(); i++) {
            Point above = points.get(i - 1);
            Point below = points.get(i);
            if (below.psnr() < psnr) {
                double share = (above.psnr() - psnr) / (above.psnr() - below.psnr());
                return above.maxError() * Math.pow(below.maxError() / above.maxError(), share);
            }
        }
        return points.getLast().maxError();
    }

    /** {@return the least PSNR that was measured, in dB} */
    public double lowest() {
        return points.getLast().psnr();
    }

    /** {@return the greatest PSNR that was measured, in dB} */
    public double highest() {
        return points.getFirst().psnr();
    }

    /**
     * {@return in which settings a request differs from the videos that were measured, {@code steps
     * 20 (50)} with that of the videos behind its own; a greater density is no difference, as it
     * only brings a video closer}
     *
     * @param request the video to make
     */
    public List<String> differences(Request request) {
        List<String> differences = new ArrayList<>();
        Map<String, Object> here = settingsOf(request);
        Map<String, Object> measured = new LinkedHashMap<>(settings);
        // Before there were 8 bits, none were.
        measured.putIfAbsent(Rules.ATTENTION_DTYPE.key(), Precision.BF16.toString());
        measured.forEach((key, then) -> {
            Object now = here.get(key);
            if (now != null && !fits(key, now, then)) {
                differences.add("%s %s (%s)".formatted(key.replace('_', ' '), now, then));
            }
        });
        return differences;
    }

    private static boolean fits(String key, Object now, Object then) {
        if (key.equals(Rules.ATTENTION_DTYPE.key())) {
            return now.equals(then) || !eightBits(now) && !eightBits(then);
        }
        if (now instanceof Number a && then instanceof Number b) {
            return key.equals(Rules.DENSITY.key())
                    ? a.doubleValue() >= b.doubleValue()
                    : a.doubleValue() == b.doubleValue();
        }
        return now.equals(then);
    }

    /** Attention as the layers is no difference, whatever they compute in: no other setting is. */
    private static boolean eightBits(Object precision) {
        return Rules.ATTENTION_DTYPE.reads(precision)
                && Rules.ATTENTION_DTYPE.read(precision).eightBits();
    }
}
