package org.svgen.run;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.svgen.pipeline.Clip;

/** Notices videos that show nothing, or in which nothing moves. */
final class StillVideo {
    private static final int CHANNELS = 3;

    private StillVideo() {}

    /** What to tell of a clip, as it looks with 8 bits a channel. */
    static Optional<String> note(Clip clip) {
        long frame = (long) CHANNELS * clip.height() * clip.width();
        boolean still = same(clip, frame, (clip.count() - 1) * frame);
        if (still && same(clip, CHANNELS, frame - CHANNELS)) {
            return Optional.of(
                    "every pixel of the video has one colour: something may be wrong with the"
                            + " model, or with these settings");
        }
        return still && clip.count() > 1
                ? Optional.of(
                        "all %d frames of the video are the same: nothing moves"
                                .formatted(clip.count()))
                : Optional.empty();
    }

    /** True if each of the first {@code count} values looks as the one {@code ahead} of it. */
    private static boolean same(Clip clip, long ahead, long count) {
        MemorySegment values = clip.frames().host();
        for (long i = 0; i < count; i++) {
            if (level(values, i) != level(values, i + ahead)) {
                return false;
            }
        }
        return true;
    }

    private static int level(MemorySegment values, long i) {
        return Math.round(255 * values.getAtIndex(ValueLayout.JAVA_FLOAT, i));
    }
}
