package org.svgen.media;

import java.awt.Graphics2D;
import java.util.Objects;

/**
 * Letters of 5 x 7 pixels for printable ASCII. The JDK draws text only where a font library and
 * fonts are installed, which a bare machine has not.
 */
public final class PixelFont {
    /** Pixels that a letter is high, at scale 1; those below the line come on top. */
    public static final int HEIGHT = 7;

    private static final int COLUMNS_EACH = 5;
    private static final int ADVANCE = 6;
    private static final int FIRST = ' ';

    /** Five columns a character, two hex digits each, the top pixel in the lowest bit. */
    private static final String COLUMNS =
            "000000000000005f00000007000700147f147f14242a7f2a12231308646236495522500005030000"
                    + "001c2241000041221c00082a1c2a0808083e08080050300000080808080800606000002010080402"
                    + "3e5149453e00427f400042615149462141454b311814127f1027454545393c4a4949300171090503"
                    + "3649494936064949291e003636000000563600000814224100141414141400412214080201510906"
                    + "324979413e7e1111117e7f494949363e414141227f4141221c7f494949417f090901013e41415132"
                    + "7f0808087f00417f41002040413f017f081422417f404040407f0204027f7f0408107f3e4141413e"
                    + "7f090909063e4151215e7f09192946464949493101017f01013f4040403f1f2040201f7f2018207f"
                    + "631408146303047804036151494543007f41410002040810200041417f0004020102044040404040"
                    + "000102040020545454787f484444383844444420384444487f3854545418087e090102081454543c"
                    + "7f0804047800447d40002040443d00007f10284400417f40007c041804787c080404783844444438"
                    + "7c14141408081414187c7c080404084854545420043f4440203c4040207c1c2040201c3c4030403c"
                    + "44281028440c5050503c4464544c44000836410000007f000000413608000804081008";

    private PixelFont() {}

    /**
     * {@return the pixels that a text is wide}
     *
     * @param text printable ASCII
     * @param scale pixels that each dot is wide
     */
    public static int width(String text, int scale) {
        Objects.requireNonNull(text, "text");
        return text.length() * ADVANCE * scale;
    }

    /**
     * Draws a text in the canvas's colour.
     *
     * @param canvas where to
     * @param text printable ASCII; other characters are question marks
     * @param x of its left edge
     * @param y of its upper edge
     * @param scale pixels that each dot is wide
     */
    public static void draw(Graphics2D canvas, String text, int x, int y, int scale) {
        Objects.requireNonNull(canvas, "canvas");
        Objects.requireNonNull(text, "text");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int glyph = c < FIRST || c > '~' ? '?' - FIRST : c - FIRST;
            for (int column = 0; column < COLUMNS_EACH; column++) {
                int at = 2 * (glyph * COLUMNS_EACH + column);
                int dots = Integer.parseInt(COLUMNS, at, at + 2, 16);
                for (int row = 0; row < HEIGHT + 1; row++) {
                    if ((dots >> row & 1) != 0) {
                        int left = x + (i * ADVANCE + column) * scale;
                        canvas.fillRect(left, y + row * scale, scale, scale);
                    }
                }
            }
        }
    }
}
