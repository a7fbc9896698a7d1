package org.svgen.media;

/**
 * Planes of a lossy WebP as libwebp makes colours of them (dec/upsampling.c, dsp/yuv.h): chroma,
 * which is halved both ways, is blended from four neighbours, nine parts of the nearest, three of
 * each beside it, one of the farthest; BT.601 with 14 binary places follows.
 *
 * @param chromaBlue a quarter of luma's size, rounded up
 * @param chromaRed as {@code chromaBlue}
 */
record YuvPixels(int width, int height, byte[] luma, byte[] chromaBlue, byte[] chromaRed)
        implements Pixels {
    @Override
    public void row(int y, float[] rgb) {
        int[] u = enlarged(chromaBlue, y);
        int[] v = enlarged(chromaRed, y);
        int at = y * width;
        for (int x = 0; x < width; x++) {
            int light = high(luma[at + x] & 0xff, 19077);
            rgb[3 * x] = level(light + high(v[x], 26149) - 14234);
            rgb[3 * x + 1] = level(light - high(u[x], 6419) - high(v[x], 13320) + 8708);
            rgb[3 * x + 2] = level(light + high(u[x], 33050) - 17685);
        }
    }

    private int[] enlarged(byte[] plane, int y) {
        int columns = (width + 1) / 2;
        int last = (height + 1) / 2 - 1;
        int near = (y / 2) * columns;
        int far = Math.clamp(y / 2 + (y % 2 == 0 ? -1 : 1), 0, last) * columns;
        int[] out = new int[width];
        out[0] = edge(plane[near], plane[far]);
        for (int x = 1; x <= (width - 1) / 2; x++) {
            int a = plane[near + x - 1] & 0xff;
            int b = plane[near + x] & 0xff;
            int c = plane[far + x - 1] & 0xff;
            int d = plane[far + x] & 0xff;
            int all = a + b + c + d + 8;
            out[2 * x - 1] = (all + 2 * (b + c) >> 3) + a >> 1;
            out[2 * x] = (all + 2 * (a + d) >> 3) + b >> 1;
        }
        if (width % 2 == 0) {
            out[width - 1] = edge(plane[near + columns - 1], plane[far + columns - 1]);
        }
        return out;
    }

    private static int edge(byte near, byte far) {
        return 3 * (near & 0xff) + (far & 0xff) + 2 >> 2;
    }

    private static int high(int sample, int factor) {
        return sample * factor >> 8;
    }

    private static float level(int sum) {
        return Levels.of((byte) Math.clamp(sum >> 6, 0, 255));
    }
}
