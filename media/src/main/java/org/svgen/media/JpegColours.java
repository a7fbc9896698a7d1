package org.svgen.media;

import java.util.List;

/** What the components of a JPEG mean, by libjpeg's rules (jdapimin.c), and their way to RGB. */
enum JpegColours {
    GREY {
        @Override
        void convert(byte[] in, int width, float[] rgb) {
            for (int x = 0; x < width; x++) {
                float v = Levels.of(in[x]);
                rgb[3 * x] = v;
                rgb[3 * x + 1] = v;
                rgb[3 * x + 2] = v;
            }
        }
    },
    RGB {
        @Override
        void convert(byte[] in, int width, float[] rgb) {
            for (int i = 0; i < 3 * width; i++) {
                rgb[i] = Levels.of(in[i]);
            }
        }
    },
    YCC {
        @Override
        void convert(byte[] in, int width, float[] rgb) {
            for (int i = 0; i < 3 * width; i += 3) {
                rgb[i] = Levels.of((byte) red(in, i));
                rgb[i + 1] = Levels.of((byte) green(in, i));
                rgb[i + 2] = Levels.of((byte) blue(in, i));
            }
        }
    },
    /** Ink, stored as its reverse: so does Photoshop, and Pillow expects it of all. */
    CMYK {
        @Override
        void convert(byte[] in, int width, float[] rgb) {
            for (int x = 0; x < width; x++) {
                int light = in[4 * x + 3] & 0xff;
                for (int c = 0; c < 3; c++) {
                    rgb[3 * x + c] = Ink.light(255 - (in[4 * x + c] & 0xff), light);
                }
            }
        }
    },
    YCCK {
        @Override
        void convert(byte[] in, int width, float[] rgb) {
            for (int x = 0; x < width; x++) {
                int light = in[4 * x + 3] & 0xff;
                rgb[3 * x] = Ink.light(red(in, 4 * x), light);
                rgb[3 * x + 1] = Ink.light(green(in, 4 * x), light);
                rgb[3 * x + 2] = Ink.light(blue(in, 4 * x), light);
            }
        }
    };

    private static final int HALF = 1 << 15;

    /**
     * @param in a row's components, pixel by pixel
     */
    abstract void convert(byte[] in, int width, float[] rgb);

    /**
     * @param bands components a pixel that the decoder gives: 1, 3 or 4
     */
    static JpegColours of(JpegHeader header, int bands) throws UnreadablePictureException {
        boolean adobe = header.adobe().isPresent();
        int transform = header.adobe().orElse(-1);
        return switch (bands) {
            case 1 -> GREY;
            case 3 -> {
                boolean plain =
                        !header.jfif()
                                && (adobe ? transform == 0 : isNamedRgb(header.components()));
                yield plain ? RGB : YCC;
            }
            case 4 -> adobe && transform != 0 ? YCCK : CMYK;
            default ->
                    throw new UnreadablePictureException(
                            "expected 1, 3 or 4 components, found " + bands);
        };
    }

    private static boolean isNamedRgb(List<JpegHeader.Component> components) {
        return components.stream()
                .map(JpegHeader.Component::id)
                .toList()
                .equals(List.of((int) 'R', (int) 'G', (int) 'B'));
    }

    // libjpeg's jdcolor.c: factors of BT.601 with 16 binary places.

    private static int red(byte[] ycc, int at) {
        int cr = (ycc[at + 2] & 0xff) - 128;
        return level((ycc[at] & 0xff) + (91881 * cr + HALF >> 16));
    }

    private static int green(byte[] ycc, int at) {
        int cb = (ycc[at + 1] & 0xff) - 128;
        int cr = (ycc[at + 2] & 0xff) - 128;
        return level((ycc[at] & 0xff) + (-22554 * cb - 46802 * cr + HALF >> 16));
    }

    private static int blue(byte[] ycc, int at) {
        int cb = (ycc[at + 1] & 0xff) - 128;
        return level((ycc[at] & 0xff) + (116130 * cb + HALF >> 16));
    }

    private static int level(int v) {
        return Math.clamp(v, 0, 255);
    }
}
