package org.svgen.run;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;
import org.svgen.pipeline.Clip;

/** Notices videos that show nothing, or in which nothing moves. */
public final class StillVideo {
    private static final int CHANNELS = 3;

    private StillVideo() {}

    /**
     * {@return what is wrong with a clip as it looks with 8 bits a channel, in one line; none if it
     * shows something that moves}
     *
     * @param clip the frames; one alone need not move
     */
    public static Optional<String> note(Clip clip) {
        Objects.requireNonNull(clip, "clip");
        long frame = (long) CHANNELS * clip.height() * clip.width();
        boolean still = same(clip, 0, (clip.count() - 1) * frame, frame);
        boolean flat =
                LongStream.range(0, clip.count())
                        .allMatch(i -> same(clip, i * frame, frame - CHANNELS, CHANNELS));
        if (flat) {
            return Optional.of(
                    (still
                                    ? "every pixel of the video has one colour"
                                    : "each frame of the video has one colour throughout")
                            + ": something may be wrong with the model, or with these settings");
        }
        return still && clip.count() > 1
                ? Optional.of(
                        "all %d frames of the video are the same: nothing moves"
                                .formatted(clip.count()))
                : Optional.empty();
    }

    /** True if each of {@code count} values from {@code from} on looks as the one ahead of it. */
    private static boolean same(Clip clip, long from, long count, long ahead) {
        MemorySegment values = clip.frames().host();
        for (long i = from; i < from + count; i++) {
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
