package org.svgen.media;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.svgen.pipeline.Clip;

/**
 * One picture that shows whole clips: evenly spaced frames of each, the first and the last among
 * them, clips below each other under their titles.
 */
public final class ContactSheet {
    private static final int GAP = 4;
    private static final int MARGIN = 8;
    private static final int FONT_SCALE = 2;
    private static final int TITLE_HEIGHT = PixelFont.HEIGHT * FONT_SCALE + 2 * GAP;

    /** Small frames are shown in whole multiples of their size, large ones reduced. */
    private static final int MIN_FRAME_WIDTH = 120;

    private static final int MAX_FRAME_WIDTH = 320;

    private ContactSheet() {}

    /**
     * A line of pictures, or more, under a title.
     *
     * @param title printable ASCII; empty for none
     * @param clip the frames
     */
    public record Row(String title, Clip clip) {
        /** Checks that nothing is null that must be there. */
        public Row {
            Objects.requireNonNull(title, "title");
            Objects.requireNonNull(clip, "clip");
        }
    }

    /**
     * Writes a PNG.
     *
     * @param out the file
     * @param rows clips with their titles, from above
     * @param columns frames beside each other
     * @param lines of frames for each clip; a clip with fewer frames shows all it has
     * @throws org.svgen.tensor.SvgenException if it cannot be written
     */
    public static void write(Path out, List<Row> rows, int columns, int lines) {
        Objects.requireNonNull(out, "out");
        Objects.requireNonNull(rows, "rows");
        write(out, rows.stream().map(row -> strip(row, columns, lines)).toList());
    }

    /**
     * {@return a row as a picture, small enough to keep while other clips are made} The sheet has
     * {@link #write(Path, List) all of them}.
     *
     * @param row a clip with its title
     * @param columns frames beside each other
     * @param lines of frames; a clip with fewer frames shows all it has
     */
    public static BufferedImage strip(Row row, int columns, int lines) {
        Objects.requireNonNull(row, "row");
        int shown = Math.min(columns * lines, row.clip.count());
        int across = Math.min(columns, shown);
        int left = 2 * MARGIN - GAP;
        int width =
                Math.max(
                        left + across * (cellWidth(row.clip) + GAP),
                        left + PixelFont.width(row.title, FONT_SCALE));
        int height = titleHeight(row) + Math.ceilDiv(shown, columns) * (cellHeight(row.clip) + GAP);
        BufferedImage strip = blank(width, height);
        Graphics2D canvas = strip.createGraphics();
        canvas.setColor(Color.WHITE);
        PixelFont.draw(canvas, row.title, MARGIN, 0, FONT_SCALE);
        frames(canvas, row.clip, columns, lines, titleHeight(row));
        canvas.dispose();
        return strip;
    }

    /**
     * Writes a PNG.
     *
     * @param out the file
     * @param strips rows as {@link #strip} makes them, from above
     * @throws org.svgen.tensor.SvgenException if it cannot be written
     */
    public static void write(Path out, List<BufferedImage> strips) {
        Objects.requireNonNull(out, "out");
        Objects.requireNonNull(strips, "strips");
        int width = strips.stream().mapToInt(BufferedImage::getWidth).max().orElse(0);
        int height = strips.stream().mapToInt(BufferedImage::getHeight).sum();
        BufferedImage sheet = blank(width, MARGIN + height + MARGIN - GAP);
        Graphics2D canvas = sheet.createGraphics();
        int y = MARGIN;
        for (BufferedImage strip : strips) {
            canvas.drawImage(strip, 0, y, null);
            y += strip.getHeight();
        }
        canvas.dispose();
        Images.write(out, sheet);
    }

    private static BufferedImage blank(int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = image.createGraphics();
        canvas.setColor(new Color(0x20, 0x20, 0x24));
        canvas.fillRect(0, 0, width, height);
        canvas.dispose();
        return image;
    }

    private static int titleHeight(Row row) {
        return row.title.isEmpty() ? 0 : TITLE_HEIGHT;
    }

    private static void frames(Graphics2D canvas, Clip clip, int columns, int lines, int top) {
        int width = cellWidth(clip);
        int height = cellHeight(clip);
        boolean enlarged = width >= clip.width();
        canvas.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION,
                enlarged
                        ? RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR
                        : RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        int shown = Math.min(columns * lines, clip.count());
        for (int i = 0; i < shown; i++) {
            int frame = frameShown(i, shown, clip.count());
            int x = MARGIN + i % columns * (width + GAP);
            int y = top + i / columns * (height + GAP);
            canvas.drawImage(clip.image(frame), x, y, width, height, null);
        }
    }

    /** The frame at place {@code i} of {@code shown}: evenly spaced, first and last included. */
    static int frameShown(int i, int shown, int count) {
        return shown == 1 ? 0 : (int) Math.round(i * (count - 1.0) / (shown - 1));
    }

    private static int cellWidth(Clip clip) {
        int width = clip.width();
        return width > MAX_FRAME_WIDTH
                ? MAX_FRAME_WIDTH
                : width * Math.max(1, Math.ceilDiv(MIN_FRAME_WIDTH, width));
    }

    private static int cellHeight(Clip clip) {
        double scale = (double) cellWidth(clip) / clip.width();
        return Math.max(1, (int) Math.round(clip.height() * scale));
    }
}
