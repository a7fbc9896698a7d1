package org.svgen.sparse;

import org.svgen.tensor.op.TokenOrder;

/**
 * How the tokens of a video and its text lie in an attention sequence. Video tokens are
 * frame-major: token {@code f * frameTokens + p} is place {@code p} (raster order) of latent frame
 * {@code f}.
 *
 * @param frames F, latent frames after temporal patching
 * @param frameTokens P, tokens of a latent frame
 * @param text where the text stands
 * @param textTokens C, text tokens, padding included
 * @param promptTokens text tokens that are not padding; padding comes last
 * @param columns tokens of a row of a frame
 */
public record VideoGeometry(
        int frames,
        int frameTokens,
        TextPlace text,
        int textTokens,
        int promptTokens,
        int columns) {
    /** Where text tokens stand in the sequence. */
    public enum TextPlace {
        /** Text before the video. */
        FIRST,
        /** Text behind the video. */
        LAST,
        /** There is no text. */
        NONE
    }

    /** Checks that there is a video, and that the prompt fits its text. */
    public VideoGeometry {
        if (frames < 1 || frameTokens < 1 || textTokens < 0) {
            throw new IllegalArgumentException(
                    "%d frames of %d tokens, %d text tokens"
                            .formatted(frames, frameTokens, textTokens));
        }
        if (promptTokens < 0 || promptTokens > textTokens) {
            throw new IllegalArgumentException(
                    "%d prompt tokens of %d text tokens".formatted(promptTokens, textTokens));
        }
        if ((text == TextPlace.NONE) != (textTokens == 0)) {
            throw new IllegalArgumentException(textTokens + " text tokens, placed " + text);
        }
        if (text == TextPlace.FIRST && promptTokens != textTokens) {
            throw new IllegalArgumentException("padding is only known after the video");
        }
        if (columns < 1 || frameTokens % columns != 0) {
            throw new IllegalArgumentException(
                    "%d tokens of a frame in rows of %d".formatted(frameTokens, columns));
        }
        Math.addExact(textTokens, Math.multiplyExact(frames, frameTokens));
    }

    /**
     * Of frames that have a single row.
     *
     * @param frames F, latent frames after temporal patching
     * @param frameTokens P, tokens of a latent frame
     * @param text where the text stands
     * @param textTokens C, text tokens, padding included
     * @param promptTokens text tokens that are not padding; padding comes last
     */
    public VideoGeometry(
            int frames, int frameTokens, TextPlace text, int textTokens, int promptTokens) {
        this(frames, frameTokens, text, textTokens, promptTokens, frameTokens);
    }

    /** {@return V} */
    public int videoTokens() {
        return frames * frameTokens;
    }

    /** {@return N} */
    public int tokens() {
        return textTokens + videoTokens();
    }

    /** {@return index of the first video token} */
    public int videoFrom() {
        return text == TextPlace.FIRST ? textTokens : 0;
    }

    /** {@return one past the last video token} */
    public int videoTo() {
        return videoFrom() + videoTokens();
    }

    /** {@return index of the first text token} */
    public int textFrom() {
        return text == TextPlace.FIRST ? 0 : videoTokens();
    }

    /** {@return one past the last text token that is not padding} */
    public int promptTo() {
        return textFrom() + promptTokens;
    }

    /**
     * {@return the order that heads of {@code kind} attend in (method: layout transformation)}
     *
     * @param kind of the head
     * @param sinkFrames leading frames that keep their place, 0 or 1
     */
    public TokenOrder order(HeadKind kind, int sinkFrames) {
        return switch (kind) {
            case SPATIAL, DENSE -> TokenOrder.IDENTITY;
            case TEMPORAL ->
                    new TokenOrder(
                            videoFrom() + sinkFrames * frameTokens,
                            frames - sinkFrames,
                            frameTokens);
        };
    }
}
