package org.svgen.server.work;

import java.util.Comparator;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.pipeline.VideoSize;
import org.svgen.tensor.BadInputException;

/** Finds what a model makes that is nearest to what somebody wants, by asking the model. */
final class NearestSize {
    private static final int FAR = 256; // pixels or frames; models' sizes are closer together

    private final VideoPipeline model;
    private final Request base;

    NearestSize(VideoPipeline model) {
        this.model = model;
        this.base = Blank.request(model);
    }

    /** The nearest of each, the others being as the model recommends; its own size if none is. */
    VideoSize to(VideoSize wanted) {
        int frames = nearest(wanted.frames(), n -> makes(base.width(), base.height(), n));
        int width = nearest(wanted.width(), w -> makes(w, base.height(), base.frames()));
        int height = nearest(wanted.height(), h -> makes(width, h, base.frames()));
        return makes(width, height, frames)
                ? new VideoSize(width, height, frames, wanted.fps())
                : new VideoSize(base.width(), base.height(), frames, wanted.fps());
    }

    private static int nearest(int wanted, IntPredicate makes) {
        Optional<Integer> found =
                IntStream.rangeClosed(Math.max(1, wanted - FAR), wanted + FAR)
                        .boxed()
                        .sorted(Comparator.comparingInt(n -> Math.abs(n - wanted)))
                        .filter(makes::test)
                        .findFirst();
        return found.orElse(wanted);
    }

    private boolean makes(int width, int height, int frames) {
        try {
            model.check(base.toBuilder().size(width, height).frames(frames).build());
            return width % 2 == 0 && height % 2 == 0;
        } catch (BadInputException e) {
            return false;
        }
    }
}
