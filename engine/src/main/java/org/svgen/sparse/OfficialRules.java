package org.svgen.sparse;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.KeyPattern;
import org.svgen.tensor.op.KeyPattern.Segment;
import org.svgen.tensor.op.KeyPattern.Span;
import org.svgen.tensor.op.TokenOrder;

/**
 * The masks of the official code (svg-project/Sparse-VideoGen, {@code utils.py} of each model),
 * quirks included: the mask that is profiled is not the mask that is executed, its width does not
 * depend on the density, widths are rounded to 128 tokens, and each model family has its own rules.
 */
public enum OfficialRules {
    /** CogVideoX: text first. */
    COG(1.5),
    /** HunyuanVideo: text last, with padding. */
    HUNYUAN(1.5),
    /** Wan and Cosmos: no text, a first-frame sink that only spatial heads place right. */
    WAN(2);

    private static final int BLOCK = 128;

    private final double profileFrames;

    OfficialRules(double profileFrames) {
        this.profileFrames = profileFrames;
    }

    /** Half width in frames of the executed band: {@code sparsity_to_width}. */
    static double widthInFrames(double density, VideoGeometry g) {
        double n = g.tokens();
        double total = n * n;
        double video = (density * total - 2 * n * g.textTokens()) / total;
        return n * (1 - Math.sqrt(1 - video)) / g.frameTokens();
    }

    /**
     * {@return what is executed, for both kinds of head}
     *
     * @param g where text and video lie
     * @param density fraction of query-key pairs to keep, in (0, 1]
     */
    public AttentionPlan execution(VideoGeometry g, double density) {
        double tokens = widthInFrames(density, g) * g.frameTokens();
        // |q - k| < floor(..), or for WAN |q - k| <= ceil(..): either way a reach, -1 for none.
        int reach =
                this == WAN
                        ? (int) Math.ceil(tokens / BLOCK) * BLOCK
                        : (int) Math.floor(tokens / BLOCK) * BLOCK - 1;
        return plan(g, executed(g, reach), executed(g, reach));
    }

    private KeyPattern executed(VideoGeometry g, int reach) {
        return switch (this) {
            case COG, HUNYUAN -> new Band(g, Math.max(0, reach + 1), 0).pattern(HeadKind.SPATIAL);
            case WAN -> {
                int p = g.frameTokens();
                int n = g.tokens();
                var band = reach < 0 ? null : new KeyPattern.Band(0, 1, 0, 1, reach, p, n);
                yield new KeyPattern(
                        n, n, List.of(new Segment(0, n, List.of(new Span(0, p)), band)));
            }
        };
    }

    /**
     * {@return what the sampled rows are compared with, for both kinds of head}
     *
     * @param g where text and video lie
     */
    public AttentionPlan profile(VideoGeometry g) {
        return plan(g, profiledSpatial(g), profiledTemporal(g));
    }

    private static AttentionPlan plan(VideoGeometry g, KeyPattern spatial, KeyPattern temporal) {
        return new AttentionPlan(
                List.of(
                        new AttentionPlan.Kind(spatial, TokenOrder.IDENTITY),
                        new AttentionPlan.Kind(temporal, g.order(HeadKind.TEMPORAL, 0))));
    }

    private KeyPattern profiledSpatial(VideoGeometry g) {
        int n = g.tokens();
        return switch (this) {
            case COG -> {
                // The band counts blocks from the start of the text and has only as many as the
                // video.
                int c = g.textTokens();
                int banded = Math.min(n, Math.ceilDiv(g.videoTokens(), BLOCK) * BLOCK);
                List<Span> text = List.of(new Span(0, c));
                List<Segment> segments = new ArrayList<>();
                segments.add(new Segment(0, c, List.of(new Span(0, n)), null));
                if (banded > c) {
                    segments.add(new Segment(c, banded, text, blockBand(g, c, 0, c, banded)));
                }
                if (Math.max(banded, c) < n) {
                    segments.add(new Segment(Math.max(banded, c), n, text, null));
                }
                yield new KeyPattern(n, n, segments);
            }
            case HUNYUAN -> withTextLast(g);
            case WAN -> withSink(g);
        };
    }

    private KeyPattern profiledTemporal(VideoGeometry g) {
        int n = g.tokens();
        return switch (this) {
            case COG -> {
                // Only the video-video part is filled: text rows and columns stay off.
                int c = g.textTokens();
                yield new KeyPattern(
                        n,
                        n,
                        List.of(
                                new Segment(0, c, List.of(), null),
                                new Segment(c, n, List.of(), blockBand(g, c, c, c, n))));
            }
            case HUNYUAN -> withTextLast(g);
            case WAN -> withSink(g);
        };
    }

    /** Band on the video; all text rows and columns on, padding included. */
    private KeyPattern withTextLast(VideoGeometry g) {
        int n = g.tokens();
        int v = g.videoTokens();
        List<Span> text = List.of(new Span(v, n));
        return new KeyPattern(
                n,
                n,
                List.of(
                        new Segment(0, v, text, blockBand(g, 0, 0, 0, v)),
                        new Segment(v, n, List.of(new Span(0, n)), null)));
    }

    /** Columns of the first P positions on, in whatever order the head is. */
    private KeyPattern withSink(VideoGeometry g) {
        int n = g.tokens();
        int p = g.frameTokens();
        return new KeyPattern(
                n,
                n,
                List.of(new Segment(0, n, List.of(new Span(0, p)), blockBand(g, 0, 0, p, n))));
    }

    /** Blocks {@code |i - j| < floor(profileFrames * P / 128)}; absent if that keeps none. */
    private KeyPattern.@Nullable Band blockBand(
            VideoGeometry g, int origin, int blockOrigin, int clipFrom, int clipTo) {
        int reach = (int) Math.floor(profileFrames * g.frameTokens() / BLOCK) - 1;
        return reach < 0
                ? null
                : new KeyPattern.Band(origin, 1, blockOrigin, BLOCK, reach, clipFrom, clipTo);
    }

    /** Where sampled rows are drawn from: {@code [0, rowLimit)}. */
    int rowLimit(VideoGeometry g) {
        return this == COG ? g.tokens() : Math.min(10000, g.tokens());
    }
}
