package org.svgen.server.work;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.LinkedHashMap;
import java.util.Map;
import org.svgen.pipeline.Clip;

/**
 * Evenly spaced frames of a video in one picture, tile beside tile, row by row: players show it
 * under the pointer.
 *
 * @param columns tiles of a row
 * @param rows of tiles
 * @param count of tiles; the last row may have room for more
 * @param width of a tile in pixels
 * @param height of a tile in pixels
 */
record Spritesheet(int columns, int rows, int count, int width, int height) {
    private static final int MOST_TILES = 25;
    private static final int MOST_COLUMNS = 5;
    private static final int MOST_WIDTH = 240;
    private static final int THUMBNAIL_WIDTH = 480;

    static Spritesheet of(Clip clip) {
        int count = Math.min(MOST_TILES, clip.count());
        int columns = Math.min(MOST_COLUMNS, count);
        int width = Math.min(MOST_WIDTH, clip.width());
        return new Spritesheet(
                columns, Math.ceilDiv(count, columns), count, width, heightFor(clip, width));
    }

    BufferedImage draw(Clip clip) {
        BufferedImage sheet =
                new BufferedImage(columns * width, rows * height, BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = canvas(sheet);
        for (int i = 0; i < count; i++) {
            int frame = count == 1 ? 0 : (int) Math.round(i * (clip.count() - 1.0) / (count - 1));
            canvas.drawImage(
                    clip.image(frame),
                    i % columns * width,
                    i / columns * height,
                    width,
                    height,
                    null);
        }
        canvas.dispose();
        return sheet;
    }

    /** As clients read it. */
    Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("columns", columns);
        values.put("rows", rows);
        values.put("count", count);
        values.put("width", width);
        values.put("height", height);
        return values;
    }

    /** The frame in the middle, alone. */
    static BufferedImage thumbnail(Clip clip) {
        int width = Math.min(THUMBNAIL_WIDTH, clip.width());
        int height = heightFor(clip, width);
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = canvas(picture);
        canvas.drawImage(clip.image(clip.count() / 2), 0, 0, width, height, null);
        canvas.dispose();
        return picture;
    }

    private static int heightFor(Clip clip, int width) {
        return Math.max(1, Math.round((float) clip.height() * width / clip.width()));
    }

    private static Graphics2D canvas(BufferedImage picture) {
        Graphics2D canvas = picture.createGraphics();
        canvas.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        return canvas;
    }
}
