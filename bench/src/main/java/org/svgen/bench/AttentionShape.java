package org.svgen.bench;

import java.util.List;
import org.svgen.nn.Rope3d;
import org.svgen.sparse.VideoGeometry;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.op.Ops.HeadNorm;

/**
 * What a model's attention is called with.
 *
 * @param batch guidance branches of one pass
 * @param frames latent frames after temporal patching, of {@code rows * columns} tokens each
 * @param norm of queries and keys
 * @param firstFrameSink sparse heads see the first frame
 */
record AttentionShape(
        String name,
        int batch,
        int heads,
        int headDim,
        int frames,
        int rows,
        int columns,
        TextPlace text,
        int textTokens,
        HeadNorm.Kind norm,
        boolean firstFrameSink) {
    /** The names of what is known, as options tell them. */
    static final String NAMES =
            "hunyuan-720p, cogvideox-1.5, wan-14b-720p, wan-1.3b-480p, wan-5b-720p";

    /**
     * 129 frames of 1280 x 720; 81 frames of 1360 x 768, both branches; Wan, one branch: 81 frames
     * of 1280 x 720 and of 832 x 480, 121 of 1280 x 704.
     */
    private static final List<AttentionShape> KNOWN =
            List.of(
                    new AttentionShape(
                            "hunyuan-720p",
                            1,
                            24,
                            128,
                            33,
                            45,
                            80,
                            TextPlace.LAST,
                            256,
                            HeadNorm.Kind.RMS,
                            false),
                    new AttentionShape(
                            "cogvideox-1.5",
                            2,
                            48,
                            64,
                            11,
                            48,
                            85,
                            TextPlace.FIRST,
                            226,
                            HeadNorm.Kind.LAYER,
                            false),
                    wan("wan-14b-720p", 40, 21, 45, 80),
                    wan("wan-1.3b-480p", 12, 21, 30, 52),
                    wan("wan-5b-720p", 24, 31, 22, 40));

    private static AttentionShape wan(String name, int heads, int frames, int rows, int columns) {
        return new AttentionShape(
                name,
                1,
                heads,
                128,
                frames,
                rows,
                columns,
                TextPlace.NONE,
                0,
                HeadNorm.Kind.RMS_ACROSS,
                true);
    }

    static AttentionShape of(String name) {
        return KNOWN.stream()
                .filter(shape -> shape.name.equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new BadInputException(
                                "--shape: expected one of [%s], found '%s'"
                                        .formatted(NAMES, name)));
    }

    VideoGeometry geometry() {
        return new VideoGeometry(frames, rows * columns, text, textTokens, textTokens);
    }

    Rope3d rope() {
        return Rope3d.of(
                headDim, Rope3d.integers(frames), Rope3d.integers(rows), Rope3d.integers(columns));
    }

    /** Floating point operations of attention that keeps {@code density} of all pairs. */
    double operations(double density) {
        double tokens = geometry().tokens();
        return 4 * density * tokens * tokens * headDim * heads * batch;
    }

    /** Elements of the queries; keys and values have as many. */
    long elements() {
        return (long) batch * geometry().tokens() * heads * headDim;
    }

    /** Bytes of cosines and sines that normalising and rotating one operand reads. */
    long rotationBytes() {
        return 2L * Float.BYTES * batch * geometry().videoTokens() * headDim;
    }
}
