package org.svgen.vae;

/**
 * Puts the parts of a video one behind the other: each fades in over the end of the one before,
 * which is kept for that (diffusers: {@code blend_t}).
 */
final class TimeBlender implements RowOutput {
    private final int blend;
    private final int stride;
    private final int height;
    private final int width;
    private final int channels;
    private final boolean single;
    private final RowOutput output;
    private float[] tail; // [blend, height, width, channels] of the part before
    private float[] nextTail;
    private int part = -1;
    private int frames;

    /**
     * @param parts how many there will be
     * @param blend frames that two parts share
     * @param stride frames that a part adds; the first adds one more
     * @param output gets every row of the video once
     */
    TimeBlender(
            int parts,
            int blend,
            int stride,
            int height,
            int width,
            int channels,
            RowOutput output) {
        this.blend = blend;
        this.stride = stride;
        this.height = height;
        this.width = width;
        this.channels = channels;
        this.single = parts == 1;
        this.output = output;
        int kept = single ? 0 : Math.multiplyExact(blend * height, width * channels);
        this.tail = new float[kept];
        this.nextTail = new float[kept];
    }

    /** The next part begins; it has {@code count} frames, the one to look back at included. */
    void begin(int count) {
        part++;
        frames = part == 0 ? count : count - 1;
        float[] free = tail;
        tail = nextTail;
        nextTail = free;
    }

    @Override
    public void row(int frame, int y, int x, float[] from, int offset, int count) {
        if (single) {
            output.row(frame, y, x, from, offset, count);
            return;
        }
        int f = part == 0 ? frame : frame - 1;
        if (f < 0) {
            return;
        }
        if (part > 0 && f < blend) {
            float take = (float) f / blend;
            int at = at(f, y, x);
            for (int i = 0; i < count; i++) {
                from[offset + i] = tail[at + i] * (1 - take) + from[offset + i] * take;
            }
        }
        int fromEnd = f - (frames - blend);
        if (fromEnd >= 0) {
            System.arraycopy(from, offset, nextTail, at(fromEnd, y, x), count);
        }
        int added = part == 0 ? stride + 1 : stride;
        if (f < added) {
            int before = part == 0 ? 0 : part * stride + 1;
            output.row(before + f, y, x, from, offset, count);
        }
    }

    private int at(int frame, int y, int x) {
        return ((frame * height + y) * width + x) * channels;
    }
}
