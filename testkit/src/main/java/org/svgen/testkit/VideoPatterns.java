package org.svgen.testkit;

import java.util.ArrayList;
import java.util.List;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.AttentionPlan.Kind;
import org.svgen.tensor.op.KeyPattern;
import org.svgen.tensor.op.KeyPattern.Band;
import org.svgen.tensor.op.KeyPattern.Segment;
import org.svgen.tensor.op.KeyPattern.Span;
import org.svgen.tensor.op.TokenOrder;

/** Patterns over a small video with text, as models use them. */
final class VideoPatterns {
    static final int FRAMES = 7;
    static final int TOKENS = 29;
    static final int VIDEO = FRAMES * TOKENS;
    static final int TEXT = 13;
    static final int N = VIDEO + TEXT;

    /** Temporal order of the video where text is last, and where it is first. */
    static final TokenOrder LAST = new TokenOrder(0, FRAMES, TOKENS);

    static final TokenOrder FIRST = new TokenOrder(TEXT, FRAMES, TOKENS);

    private VideoPatterns() {}

    /** A band of queries and keys over the video, all queries on the text, text on everything. */
    static KeyPattern textLast(int reach, int block, int padding) {
        int text = N - padding;
        Band band = new Band(0, 1, 0, block, reach, 0, VIDEO);
        List<Segment> segments = new ArrayList<>();
        segments.add(new Segment(0, VIDEO, List.of(new Span(VIDEO, text)), band));
        segments.add(new Segment(VIDEO, text, List.of(new Span(0, text)), null));
        if (padding > 0) {
            segments.add(new Segment(text, N, List.of(), null));
        }
        return new KeyPattern(N, N, segments);
    }

    static KeyPattern textFirst(int reach, int sink) {
        return new KeyPattern(
                N,
                N,
                List.of(
                        new Segment(0, TEXT, List.of(new Span(0, N)), null),
                        new Segment(
                                TEXT,
                                N,
                                List.of(new Span(0, TEXT), new Span(TEXT, TEXT + sink)),
                                new Band(TEXT, 1, TEXT, 1, reach, TEXT + sink, N))));
    }

    /**
     * Spatial and temporal heads of a video without text, to all of which the first frame is kept.
     */
    static AttentionPlan firstFrame(int reach) {
        int later = FRAMES - 1;
        return new AttentionPlan(
                List.of(
                        new Kind(firstFrame(reach, 0, 1), TokenOrder.IDENTITY),
                        new Kind(
                                firstFrame(reach, TOKENS + later / 2, later),
                                new TokenOrder(TOKENS, later, TOKENS))));
    }

    /** The first frame's band begins at {@code origin} and moves {@code step} keys a query. */
    private static KeyPattern firstFrame(int reach, int origin, int step) {
        List<Span> sink = List.of(new Span(0, TOKENS));
        return new KeyPattern(
                VIDEO,
                VIDEO,
                List.of(
                        new Segment(
                                0,
                                TOKENS,
                                sink,
                                new Band(origin, step, 0, 1, reach, TOKENS, VIDEO)),
                        new Segment(
                                TOKENS,
                                VIDEO,
                                sink,
                                new Band(TOKENS, 1, 0, 1, reach, TOKENS, VIDEO))));
    }

    static AttentionPlan plan(KeyPattern pattern, TokenOrder order) {
        return new AttentionPlan(List.of(new Kind(pattern, order)));
    }
}
