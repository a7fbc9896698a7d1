package org.svgen.lab.metrics;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.IntConsumer;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Tensor;

/**
 * How close a video is to a reference, by all measures. Each measure has a value or a reason why
 * there is none.
 *
 * @param frames number of frames compared
 * @param height of the videos, in pixels
 * @param width of the videos, in pixels
 * @param values in the order of the measures; infinite decibel where nothing differs
 * @param missing why a measure has no value, in words
 * @param lpips the parts of that measure, if it was taken
 */
public record Measures(
        int frames,
        int height,
        int width,
        Map<Measure, Double> values,
        Map<Measure, String> missing,
        Optional<LpipsDistance> lpips) {
    /** Why a measure has no value: its windows or scales do not fit. */
    public static final String TOO_SMALL = "frames too small";

    /** Why a measure has no value: there are no changes. */
    public static final String SINGLE_FRAME = "a single frame";

    /** Why a measure has no value: nobody gave any. */
    public static final String NO_WEIGHTS = "no weights";

    /** Why a measure has no value: a colour of a video is none. */
    public static final String NOT_A_NUMBER = "not a number";

    /** Keeps copies of the maps, in the order of the measures. */
    public Measures {
        Objects.requireNonNull(values, "values");
        Objects.requireNonNull(missing, "missing");
        Objects.requireNonNull(lpips, "lpips");
        values = inOrder(values);
        missing = inOrder(missing);
    }

    private static <T> Map<Measure, T> inOrder(Map<Measure, T> map) {
        Map<Measure, T> copy = new EnumMap<>(Measure.class);
        copy.putAll(map);
        return Collections.unmodifiableMap(copy);
    }

    /**
     * Takes all measures but LPIPS.
     *
     * @param reference host F32 [frames, height, width, 3] in 0..1
     * @param video the video to judge, of the same size
     * @return how close they are
     * @throws BadInputException if they differ in size
     */
    public static Measures of(Tensor reference, Tensor video) {
        return of(reference, video, Optional.empty(), MeasureListener.SILENT);
    }

    /**
     * Takes all measures.
     *
     * @param reference host F32 [frames, height, width, 3] in 0..1
     * @param video the video to judge, of the same size
     * @param lpips to take that, too
     * @param listener hears how far it is
     * @return how close they are
     * @throws BadInputException if they differ in size
     */
    public static Measures of(
            Tensor reference, Tensor video, Optional<Lpips> lpips, MeasureListener listener) {
        Objects.requireNonNull(reference, "reference");
        Objects.requireNonNull(video, "video");
        Objects.requireNonNull(lpips, "lpips");
        Objects.requireNonNull(listener, "listener");
        Planes.requireSameVideo(reference, video);
        return new Measuring(reference, video, listener).all(lpips);
    }

    /**
     * {@return a value; none if it could not be taken, see {@link #missing}}
     *
     * @param measure which
     */
    public OptionalDouble value(Measure measure) {
        Objects.requireNonNull(measure, "measure");
        Double value = values.get(measure);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** {@return the values by {@link Measure#key}, in the order of the measures} */
    public Map<String, Double> byKey() {
        Map<String, Double> out = new LinkedHashMap<>();
        values.forEach((measure, value) -> out.put(measure.key(), value));
        return Collections.unmodifiableMap(out);
    }

    /** {@return true if no value of the videos differs} */
    public boolean identical() {
        return value(Measure.MSE).orElse(Double.NaN) == 0;
    }

    /** One comparison. */
    private static final class Measuring {
        private final Tensor reference;
        private final Tensor video;
        private final MeasureListener listener;
        private final Map<Measure, Double> values = new EnumMap<>(Measure.class);
        private final Map<Measure, String> missing = new EnumMap<>(Measure.class);

        Measuring(Tensor reference, Tensor video, MeasureListener listener) {
            this.reference = reference;
            this.video = video;
            this.listener = listener;
        }

        Measures all(Optional<Lpips> lpips) {
            int frames = video.size(0);
            int least = Math.min(video.size(1), video.size(2));
            double[] errors = Psnr.meanSquaredErrors(reference, video);
            put(Measure.MSE, Arrays.stream(errors).average().orElse(Double.NaN));
            put(Measure.PSNR, Psnr.pooled(errors));
            put(Measure.PSNR_MEAN_OVER_FRAMES, Psnr.meanOverFrames(errors));
            if (frames == 1) {
                missing.put(Measure.PSNR_OF_CHANGES, SINGLE_FRAME);
            } else {
                put(Measure.PSNR_OF_CHANGES, Psnr.ofChanges(reference, video));
            }
            if (least < Ssim.LEAST_SIZE) {
                missing.put(Measure.SSIM, TOO_SMALL);
            } else {
                put(Measure.SSIM, Ssim.gaussian(reference, video, heard(Measure.SSIM)));
            }
            put(Measure.SSIM_BOX, Ssim.box(reference, video, heard(Measure.SSIM_BOX)));
            if (least < MultiScaleSsim.LEAST_SIZE) {
                missing.put(Measure.MS_SSIM, TOO_SMALL);
            } else {
                put(Measure.MS_SSIM, MultiScaleSsim.of(reference, video, heard(Measure.MS_SSIM)));
            }
            if (least < Gmsd.LEAST_SIZE) {
                missing.put(Measure.GMSD, TOO_SMALL);
            } else {
                put(Measure.GMSD, Gmsd.of(reference, video, heard(Measure.GMSD)));
            }
            Optional<LpipsDistance> distance = lpips.flatMap(this::distance);
            if (lpips.isEmpty()) {
                missing.put(Measure.LPIPS, NO_WEIGHTS);
            }
            return new Measures(frames, video.size(1), video.size(2), values, missing, distance);
        }

        private Optional<LpipsDistance> distance(Lpips lpips) {
            if (!lpips.fits(video.size(1), video.size(2))) {
                missing.put(Measure.LPIPS, TOO_SMALL);
                return Optional.empty();
            }
            LpipsDistance distance = lpips.distance(reference, video, listener);
            put(Measure.LPIPS, distance.value());
            return Optional.of(distance);
        }

        private IntConsumer heard(Measure measure) {
            return done -> listener.measured(measure, done, video.size(0));
        }

        private void put(Measure measure, double value) {
            if (Double.isNaN(value)) {
                missing.put(measure, NOT_A_NUMBER);
            } else {
                values.put(measure, value);
            }
        }
    }
}
