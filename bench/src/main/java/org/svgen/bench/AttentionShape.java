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
        HeadNorm.Kind norm) {
    /** 129 frames of 1280 x 720; 81 frames of 1360 x 768, both branches. */
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
                            HeadNorm.Kind.RMS),
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
                            HeadNorm.Kind.LAYER));

    static AttentionShape of(String name) {
        return KNOWN.stream()
                .filter(shape -> shape.name.equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new BadInputException(
                                "--shape: expected one of %s, found '%s'"
                                        .formatted(
                                                KNOWN.stream().map(AttentionShape::name).toList(),
                                                name)));
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
