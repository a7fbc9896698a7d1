package org.svgen.bench;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.svgen.run.Blocks;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;

/** Some tokens of a stream behind each block, to know how far another pass is from them. */
final class LayerErrors implements Blocks.Watcher {
    /** Tokens that are looked at, of all branches together. */
    private static final int TOKENS = 256;

    private final Backend backend;
    private final List<float[]> seen = new ArrayList<>();

    LayerErrors(Backend backend) {
        this.backend = backend;
    }

    @Override
    public void behind(int block, Tensor x) {
        int width = x.size(-1);
        Tensor rows = x.reshape(x.elements() / width, width);
        int count = Math.min(TOKENS, rows.size(0));
        try (Arena arena = Arena.ofConfined()) {
            Tensor tokens = Tensor.zeros(arena, DType.F32, count, width);
            for (int i = 0; i < count; i++) {
                long row = (long) i * rows.size(0) / count;
                backend.download(rows.rows(row, row + 1), tokens.rows(i, i + 1L));
            }
            if (block < seen.size()) { // another branch of guidance, by itself
                seen.set(block, joined(seen.get(block), tokens.toFloats()));
            } else {
                seen.add(tokens.toFloats());
            }
        }
    }

    private static float[] joined(float[] a, float[] b) {
        float[] both = new float[a.length + b.length];
        System.arraycopy(a, 0, both, 0, a.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    /**
     * The norm of the difference over the norm, behind each block.
     *
     * @param exact what the same tokens are in full precision
     */
    List<Double> to(LayerErrors exact) {
        List<Double> errors = new ArrayList<>();
        for (int i = 0; i < seen.size(); i++) {
            errors.add(relative(seen.get(i), exact.seen.get(i)));
        }
        return errors;
    }

    private static double relative(float[] x, float[] exact) {
        double difference = 0;
        double all = 0;
        for (int i = 0; i < x.length; i++) {
            difference += Math.pow((double) x[i] - exact[i], 2);
            all += Math.pow(exact[i], 2);
        }
        return Math.sqrt(difference / all);
    }

    /** Ten to a line. */
    static List<String> text(List<Double> errors) {
        List<String> lines = new ArrayList<>();
        lines.add("relative error of the token stream behind each block, to full precision:");
        for (int from = 0; from < errors.size(); from += 10) {
            StringBuilder line = new StringBuilder("  %3d".formatted(from));
            errors.stream().skip(from).limit(10).forEach(e -> line.append(" %.5f".formatted(e)));
            lines.add(line.toString());
        }
        return lines;
    }
}
