package org.svgen.models.wan;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.svgen.cache.TeaCurve;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.CacheSettings;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Sampling;
import org.svgen.pipeline.VideoSize;
import org.svgen.run.ModelCaches;
import org.svgen.schedule.Scheduler;
import org.svgen.setting.FamilySettings;

/**
 * What each Wan recommends: sizes, steps and guidance of the official configurations. Models are
 * told apart by what their folder says, never by its name.
 */
final class WanDefaults {
    private static final VideoSize LARGE = new VideoSize(1280, 720, 81, 16);
    private static final VideoSize SMALL = new VideoSize(832, 480, 81, 16);
    private static final VideoSize TI2V = new VideoSize(1280, 704, 121, 24);

    /** Transformers that are as narrow as the 1.3B are made for small videos. */
    private static final int NARROW = 2048;

    /** Schedulers are shifted by 3 for small videos, by 5 and more for large ones. */
    private static final double SHIFT_OF_SMALL = 4;

    /** Of Sparse VideoGen's paper: the first 10 of 50 steps and the first layer attend densely. */
    private static final AttentionSettings ATTENTION =
            AttentionSettings.builder()
                    .density(0.3)
                    .denseSteps(new Amount.Fraction(0.2))
                    .denseLayers(new Amount.Count(1))
                    .build();

    /** Of EasyCache's code for Wan 2.1: the first 10 of 50 steps are computed. */
    private static final CacheSettings CACHE =
            CacheSettings.builder().warmUp(new Amount.Fraction(0.2)).build();

    private WanDefaults() {}

    static Defaults of(WanComponents parts, Scheduler scheduler) {
        WanKind kind = parts.kind();
        FamilySettings settings =
                FamilySettings.NONE
                        .with(WanFamily.BOUNDARY, kind.boundary())
                        .with(WanFamily.GUIDANCE_2, secondGuidance(kind));
        return new Defaults(
                size(parts, scheduler.shift().orElse(1)),
                sampling(kind, parts.config()),
                ATTENTION,
                CACHE,
                settings,
                List.of());
    }

    /** EasyCache's threshold is that of its code for Wan 2.1. */
    static ModelCaches caches(WanComponents parts, Scheduler scheduler) {
        return ModelCaches.inside(0.05, curve(parts, scheduler.shift().orElse(1)));
    }

    /** By the sizes of the models that TeaCache was fitted to. */
    private static Optional<TeaCurve> curve(WanComponents parts, double shift) {
        WanKind kind = parts.kind();
        WanConfig c = parts.config();
        if (kind.boundary().isPresent() || c.imagePositions().isPresent()) {
            return Optional.empty();
        }
        return switch (c.width()) {
            case 1536 -> Optional.of(TeaCurve.WAN_21_T2V_1B).filter(_ -> !kind.image());
            case 3072 -> Optional.of(TeaCurve.WAN_22_TI2V_5B).filter(_ -> kind.expandTimesteps());
            case 5120 ->
                    Optional.of(
                            !kind.image()
                                    ? TeaCurve.WAN_21_T2V_14B
                                    : shift < SHIFT_OF_SMALL
                                            ? TeaCurve.WAN_21_I2V_480
                                            : TeaCurve.WAN_21_I2V_720);
            default -> Optional.empty();
        };
    }

    private static OptionalDouble secondGuidance(WanKind kind) {
        return kind.boundary().isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(kind.image() ? 3.5 : 3);
    }

    private static Sampling sampling(WanKind kind, WanConfig c) {
        if (kind.boundary().isPresent()) {
            return Sampling.of(40, kind.image() ? 3.5 : 4);
        }
        boolean fromOnePicture = kind.joinsChannels() && c.imagePositions().isEmpty();
        return Sampling.of(fromOnePicture ? 40 : 50, 5);
    }

    private static VideoSize size(WanComponents parts, double shift) {
        if (parts.kind().expandTimesteps()) {
            return TI2V;
        }
        boolean large =
                parts.kind().boundary().isPresent()
                        || parts.config().imagePositions().isPresent()
                        || parts.config().width() >= NARROW && shift >= SHIFT_OF_SMALL;
        return large ? LARGE : SMALL;
    }
}
