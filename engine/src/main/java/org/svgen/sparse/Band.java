package org.svgen.sparse;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.KeyPattern;
import org.svgen.tensor.op.KeyPattern.Segment;
import org.svgen.tensor.op.KeyPattern.Span;

/**
 * The corrected sparse pattern: video tokens attend to all prompt tokens, to the sink frames and to
 * the video tokens less than {@code halfWidth} away in the order of their head; prompt tokens
 * attend to everything real; padding attends to padding only and nobody else attends to it. The
 * same predicate is profiled and executed.
 *
 * @param geometry where text and video lie
 * @param halfWidth W: {@code |q - k| < W}; 0 keeps no video token but the sink
 * @param sinkFrames 1 keeps the first frame for every query, in both orders; 0 has no sink
 * @param block tokens of a block of queries or keys, which keep or are kept as a whole: those that
 *     are less than the half width apart, counted in blocks; 1 for single tokens
 */
public record Band(VideoGeometry geometry, int halfWidth, int sinkFrames, int block) {
    /** Tokens of the blocks whose means stand in for what bands leave out. */
    public static final int TAIL_BLOCK = VideoBlocks.SIZE;

    /**
     * Of single tokens.
     *
     * @param geometry where text and video lie
     * @param halfWidth W: {@code |q - k| < W}; 0 keeps no video token but the sink
     * @param sinkFrames 1 keeps the first frame for every query, in both orders; 0 has no sink
     */
    public Band(VideoGeometry geometry, int halfWidth, int sinkFrames) {
        this(geometry, halfWidth, sinkFrames, 1);
    }

    /** Checks that width and sink fit the video. */
    public Band {
        if (sinkFrames < 0 || sinkFrames > Math.min(1, geometry.frames() - 1)) {
            throw new IllegalArgumentException(
                    "%d sink frames of %d frames".formatted(sinkFrames, geometry.frames()));
        }
        if (halfWidth < 0 || block < 1) {
            throw new IllegalArgumentException(
                    "half width %d, blocks of %d".formatted(halfWidth, block));
        }
    }

    /**
     * {@return the widest band that keeps at most {@code density} of all query-key pairs, for both
     * kinds of head} Where text and sink alone keep more, the half width is 0 and {@link #density}
     * says what is kept.
     *
     * @param geometry where text and video lie
     * @param density fraction of query-key pairs to keep, in (0, 1] as settings check it
     * @param sinkFrames leading frames that everybody attends to, 0 or 1
     */
    public static Band ofDensity(VideoGeometry geometry, double density, int sinkFrames) {
        return ofDensity(geometry, density, sinkFrames, 1);
    }

    /**
     * {@return as above, of whole blocks}
     *
     * @param geometry where text and video lie
     * @param density fraction of query-key pairs to keep
     * @param sinkFrames leading frames that everybody attends to, 0 or 1
     * @param block tokens of a block
     */
    public static Band ofDensity(
            VideoGeometry geometry, double density, int sinkFrames, int block) {
        int fits = 0;
        // Blocks are counted from the sink's end, so that one more may lie between the ends.
        int all = geometry.videoTokens() + (block == 1 ? 0 : block);
        int tooWide = all + 1;
        Band widest = new Band(geometry, all, sinkFrames, block);
        if (widest.density() <= density) {
            return widest;
        }
        while (tooWide - fits > 1) {
            int middle = (fits + tooWide) >>> 1;
            if (new Band(geometry, middle, sinkFrames, block).density() <= density) {
                fits = middle;
            } else {
                tooWide = middle;
            }
        }
        return new Band(geometry, fits, sinkFrames, block);
    }

    /** {@return spatial and temporal heads, in the order of {@link HeadKind}} */
    public AttentionPlan plan() {
        return new AttentionPlan(List.of(kind(HeadKind.SPATIAL), kind(HeadKind.TEMPORAL)));
    }

    AttentionPlan.Kind kind(HeadKind kind) {
        return new AttentionPlan.Kind(pattern(kind), geometry.order(kind, sinkFrames));
    }

    /** {@return kept fraction of all query-key pairs, counted; the greater of the two kinds} */
    public double density() {
        return Math.max(pattern(HeadKind.SPATIAL).density(), pattern(HeadKind.TEMPORAL).density());
    }

    /**
     * {@return what heads of {@code kind} keep, in their own order}
     *
     * @param kind of the head
     */
    public KeyPattern pattern(HeadKind kind) {
        VideoGeometry g = geometry;
        if (kind == HeadKind.DENSE) {
            return new Band(g, g.videoTokens(), 0).pattern(HeadKind.SPATIAL);
        }
        List<Segment> segments = new ArrayList<>();
        if (g.text() == TextPlace.FIRST) {
            segments.add(new Segment(0, g.textTokens(), real(), null));
        }
        addVideo(segments, kind);
        if (g.text() == TextPlace.LAST) {
            if (g.promptTokens() > 0) {
                segments.add(new Segment(g.textFrom(), g.promptTo(), real(), null));
            }
            if (g.promptTo() < g.tokens()) {
                Span padding = new Span(g.promptTo(), g.tokens());
                segments.add(new Segment(padding.from(), padding.to(), List.of(padding), null));
            }
        }
        return new KeyPattern(g.tokens(), g.tokens(), segments);
    }

    private List<Span> real() {
        return List.of(
                new Span(
                        0,
                        geometry.text() == TextPlace.FIRST
                                ? geometry.tokens()
                                : geometry.promptTo()));
    }

    private void addVideo(List<Segment> segments, HeadKind kind) {
        VideoGeometry g = geometry;
        int sinkTo = g.videoFrom() + sinkFrames * g.frameTokens();
        List<Span> spans = new ArrayList<>();
        if (g.text() == TextPlace.FIRST) {
            spans.add(new Span(0, g.textTokens()));
        }
        if (sinkFrames > 0) {
            spans.add(new Span(g.videoFrom(), sinkTo));
        }
        if (g.text() == TextPlace.LAST && g.promptTokens() > 0) {
            spans.add(new Span(g.textFrom(), g.promptTo()));
        }
        if (sinkFrames > 0) {
            // The first frame's own band: around itself, or around its place in the later frames.
            int later = g.frames() - sinkFrames;
            boolean spatial = kind == HeadKind.SPATIAL;
            int origin = spatial ? g.videoFrom() : sinkTo + later / 2;
            int step = spatial ? 1 : later;
            if (block == 1) {
                segments.add(new Segment(g.videoFrom(), sinkTo, spans, band(origin, step, sinkTo)));
            } else {
                addSinkBlocks(segments, spans, origin, step, sinkTo);
            }
        }
        segments.add(new Segment(sinkTo, g.videoTo(), spans, band(sinkTo, 1, sinkTo)));
    }

    /** The queries of a block keep what the middle one keeps. */
    private void addSinkBlocks(
            List<Segment> segments, List<Span> spans, int origin, int step, int sinkTo) {
        int from = geometry.videoFrom();
        for (int at = from; at < sinkTo; at += block) {
            int to = Math.min(sinkTo, at + block);
            int centre = origin + ((at + to) / 2 - from) * step;
            segments.add(new Segment(at, to, spans, band(centre, 0, sinkTo)));
        }
    }

    private KeyPattern.@Nullable Band band(int origin, int step, int clipFrom) {
        return halfWidth == 0
                ? null
                : new KeyPattern.Band(
                        origin,
                        step,
                        block == 1 ? 0 : clipFrom,
                        block,
                        (halfWidth - 1) / block,
                        clipFrom,
                        geometry.videoTo());
    }
}
