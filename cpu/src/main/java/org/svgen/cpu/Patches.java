package org.svgen.cpu;

import java.util.Arrays;
import org.svgen.tensor.op.AddAveragedOp;
import org.svgen.tensor.op.AddDuplicatedOp;

/** What becomes of a few frames and pixels that one place stands for; a line of the result each. */
final class Patches {
    private final Parallel parallel;

    Patches(Parallel parallel) {
        this.parallel = parallel;
    }

    void addAveraged(AddAveragedOp op) {
        Floats from = Floats.of(op.x());
        Floats to = Floats.of(op.out());
        int height = op.out().size(1);
        int n = op.out().size(2) * op.out().size(3);
        parallel.run(
                op.out().size(0) * height,
                line -> {
                    float[] sums = Scratch.floats(Scratch.Use.LEFT, n);
                    Arrays.fill(sums, 0, n, 0);
                    for (int i = 0; i < op.time() * op.space(); i++) {
                        int frame = line / height * op.time() + i / op.space() - op.missing();
                        if (frame >= 0) {
                            int y = line % height * op.space() + i % op.space();
                            addLine(op, from, frame, y, i, sums);
                        }
                    }
                    float[] out = Scratch.floats(Scratch.Use.OUTPUT, n);
                    to.load((long) line * n, out, 0, n);
                    for (int i = 0; i < n; i++) {
                        out[i] += sums[i] / op.group();
                    }
                    to.store(out, 0, (long) line * n, n);
                });
    }

    /**
     * Adds a line of the input.
     *
     * @param which frame and line of a place it is
     */
    private static void addLine(
            AddAveragedOp op, Floats from, int frame, int y, int which, float[] sums) {
        int c = op.x().size(3);
        int n = op.x().size(2) * c;
        float[] in = Scratch.floats(Scratch.Use.INPUT, n);
        from.load(((long) frame * op.x().size(1) + y) * n, in, 0, n);
        int lines = op.time() * op.space();
        int channels = op.out().size(3);
        for (int x = 0; x < op.x().size(2); x++) {
            int to = x / op.space() * channels;
            int value = which * op.space() + x % op.space();
            for (int i = 0; i < c; i++, value += lines * op.space()) {
                sums[to + value / op.group()] += in[x * c + i];
            }
        }
    }

    void addDuplicated(AddDuplicatedOp op) {
        Floats from = Floats.of(op.x());
        Floats to = Floats.of(op.out());
        int height = op.out().size(1);
        int c = op.x().size(3);
        int channels = op.out().size(3);
        int width = op.out().size(2);
        int lines = op.time() * op.space();
        parallel.run(
                op.out().size(0) * height,
                line -> {
                    int frame = line / height + op.missing();
                    int y = line % height;
                    int read = op.x().size(2) * c;
                    float[] in = Scratch.floats(Scratch.Use.INPUT, read);
                    int place = frame / op.time() * op.x().size(1) + y / op.space();
                    from.load((long) place * read, in, 0, read);
                    int n = width * channels;
                    float[] out = Scratch.floats(Scratch.Use.OUTPUT, n);
                    to.load((long) line * n, out, 0, n);
                    int which = frame % op.time() * op.space() + y % op.space();
                    for (int x = 0; x < width; x++) {
                        int at = x / op.space() * c;
                        int value = which * op.space() + x % op.space();
                        for (int i = 0; i < channels; i++, value += lines * op.space()) {
                            out[x * channels + i] += in[at + value / op.repeats()];
                        }
                    }
                    to.store(out, 0, (long) line * n, n);
                });
    }
}
