package org.svgen.lab.heads;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.svgen.media.PixelFont;

/** Draws a head map: title and legend, shares by step and by layer, then each choice in panels. */
record HeadMapPicture(HeadChoices choices, HeadMapLayout layout, Errors errors) {
    private static final int MARGIN = 12;
    private static final int LARGE = 2;
    private static final int LINE = LARGE * PixelFont.HEIGHT + 6;
    private static final int SMALL_LINE = PixelFont.HEIGHT + 4;
    private static final int SWATCH = LARGE * PixelFont.HEIGHT;
    private static final int SHARES_HEIGHT = 60;
    private static final int ERRORS_HEIGHT = 40;
    private static final int WIDEST_BAR = 24;
    private static final Color FRAME = new Color(0x808080);

    /**
     * @param settings each stays on a line
     */
    BufferedImage draw(String title, List<String> settings) {
        int width = 2 * MARGIN + layout.width();
        List<String> texts = new ArrayList<>(wrapped(List.of(title.split(" ")), ""));
        texts.addAll(wrapped(settings, ","));
        int shares = MARGIN + (texts.size() + 1 + legendLines()) * LINE;
        int missed = shares + 2 * sharesPitch();
        int panels = missed + (errors.isEmpty() ? 0 : pitch(ERRORS_HEIGHT));
        int height = panels + LINE + layout.height() + 2 * SMALL_LINE;
        BufferedImage picture =
                new BufferedImage(width, height, BufferedImage.TYPE_BYTE_INDEXED, colors());
        Graphics2D canvas = picture.createGraphics();
        canvas.setColor(Color.WHITE);
        canvas.fillRect(0, 0, width, height);
        canvas.setColor(Color.BLACK);
        for (int i = 0; i < texts.size(); i++) {
            PixelFont.draw(canvas, texts.get(i), MARGIN, MARGIN + i * LINE, LARGE);
        }
        legend(canvas, MARGIN + texts.size() * LINE + LINE / 2);
        for (int branch = 0; branch < choices.branches(); branch++) {
            int b = branch;
            shares(canvas, shares, branch, "step", choices.steps(), i -> choices.ofStep(i, b));
            shares(
                    canvas,
                    shares + sharesPitch(),
                    branch,
                    "layer",
                    choices.layers(),
                    i -> choices.ofLayer(i, b));
        }
        if (!errors.isEmpty()) {
            errors(canvas, missed, 0, "step", errors.steps());
            errors(canvas, missed, 1, "layer", errors.layers());
        }
        String reading = "each head at each step: steps to the right, heads down";
        PixelFont.draw(canvas, reading, MARGIN, panels, LARGE);
        canvas.translate(MARGIN, panels + LINE + SMALL_LINE);
        for (int layer = 0; layer < choices.layers(); layer++) {
            panel(canvas, layer);
        }
        canvas.dispose();
        return picture;
    }

    private static int sharesPitch() {
        return pitch(SHARES_HEIGHT);
    }

    private static int pitch(int bars) {
        return bars + 2 * SMALL_LINE + HeadMapLayout.GAP;
    }

    private Shades shades() {
        return new Shades(choices.widths().size());
    }

    /** The few colours that there are, so that files stay small. */
    private IndexColorModel colors() {
        List<Color> all =
                Stream.concat(Stream.of(FRAME), shades().cells().stream().map(shades()::of))
                        .toList();
        byte[][] rgb = new byte[3][all.size()];
        for (int i = 0; i < all.size(); i++) {
            rgb[0][i] = (byte) all.get(i).getRed();
            rgb[1][i] = (byte) all.get(i).getGreen();
            rgb[2][i] = (byte) all.get(i).getBlue();
        }
        return new IndexColorModel(8, all.size(), rgb[0], rgb[1], rgb[2]);
    }

    /**
     * Lines of text in large letters, broken between words; marks stand behind all but the last.
     */
    private List<String> wrapped(List<String> words, String mark) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i) + (i < words.size() - 1 ? mark : "");
            String longer = lines.isEmpty() ? word : lines.getLast() + " " + word;
            if (!lines.isEmpty() && PixelFont.width(longer, LARGE) <= layout.width()) {
                lines.set(lines.size() - 1, longer);
            } else {
                lines.add(word);
            }
        }
        return lines;
    }

    private int legendLines() {
        return choices.severalWidths() ? 3 : 1;
    }

    /**
     * What the run has, in the order of the colours; kinds with several widths on lines of their
     * own.
     */
    private void legend(Graphics2D canvas, int y) {
        int x = MARGIN;
        int below = y;
        for (HeadChoice choice : HeadChoice.values()) {
            if (choices.severalWidths() && choice.isBand()) {
                below += LINE;
                widths(canvas, choice, below);
            } else if (occurs(choice)) {
                boolean chosen = choices.severalWidths() && choice == HeadChoice.DENSE;
                String label = chosen ? "dense by choice" : choice.label();
                swatch(canvas, Cell.of(choice), x, y);
                PixelFont.draw(canvas, label, x + SWATCH + 6, y, LARGE);
                x += SWATCH + 6 + PixelFont.width(label, LARGE) + HeadMapLayout.GAP;
            }
        }
    }

    /** A kind's shades, each with the density of its bands. */
    private void widths(Graphics2D canvas, HeadChoice choice, int y) {
        String label = choice.label() + ", density";
        PixelFont.draw(canvas, label, MARGIN, y, LARGE);
        int x = MARGIN + PixelFont.width("temporal, density", LARGE) + HeadMapLayout.GAP;
        for (Cell cell : shades().cells(choice)) {
            swatch(canvas, cell, x, y);
            String density = twoDigits(choices.widths().get(cell.width()));
            PixelFont.draw(canvas, density, x + SWATCH + 4, y + PixelFont.HEIGHT / 2, 1);
            x += SWATCH + 4 + PixelFont.width(density, 1) + HeadMapLayout.GAP;
        }
    }

    private void swatch(Graphics2D canvas, Cell cell, int x, int y) {
        canvas.setColor(shades().of(cell));
        canvas.fillRect(x, y, SWATCH, SWATCH);
        frame(canvas, x, y, SWATCH, SWATCH);
    }

    /** {@code 0.065}, {@code 0.25}. */
    private static String twoDigits(double value) {
        return new BigDecimal(value).round(new MathContext(2)).toPlainString();
    }

    private boolean occurs(HeadChoice choice) {
        for (int branch = 0; branch < choices.branches(); branch++) {
            for (int step = 0; step < choices.steps(); step++) {
                if (choices.ofStep(step, branch).keySet().stream()
                        .anyMatch(cell -> cell.choice() == choice)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Bars, each of the shares of all heads at one step or layer. */
    private void shares(
            Graphics2D canvas, int top, int branch, String axis, int count, Counts counts) {
        int room =
                (layout.width()
                                - HeadMapLayout.GUTTER
                                - (choices.branches() - 1) * HeadMapLayout.GAP)
                        / choices.branches();
        int width = Math.min(room, count * WIDEST_BAR);
        int left = MARGIN + HeadMapLayout.GUTTER + branch * (room + HeadMapLayout.GAP);
        int y = top + SMALL_LINE;
        String name = choices.branches() == 1 ? "" : ", " + choices.branchName(branch);
        canvas.setColor(Color.BLACK);
        PixelFont.draw(canvas, "share of heads by " + axis + name, left, top, 1);
        for (int i = 0; i < count; i++) {
            int from = left + (int) ((long) i * width / count);
            int to = left + (int) ((i + 1L) * width / count);
            bar(canvas, counts, i, from, y, to - from);
        }
        frame(canvas, left, y, width, SHARES_HEIGHT);
        if (branch == 0) {
            right(canvas, "100 %", left - 4, y);
            right(canvas, "0 %", left - 4, y + SHARES_HEIGHT - PixelFont.HEIGHT);
        }
        range(canvas, axis, count, left, y + SHARES_HEIGHT + 4, width);
    }

    private void bar(Graphics2D canvas, Counts counts, int i, int x, int y, int width) {
        Map<Cell, Integer> shares = counts.of(i);
        int all = shares.values().stream().mapToInt(Integer::intValue).sum();
        int below = 0;
        for (Map.Entry<Cell, Integer> share : shares.entrySet()) {
            int from = below * SHARES_HEIGHT / all;
            below += share.getValue();
            int to = below * SHARES_HEIGHT / all;
            canvas.setColor(shades().of(share.getKey()));
            canvas.fillRect(x, y + SHARES_HEIGHT - to, width, to - from);
        }
    }

    /** Bars of errors of steps or of layers, all to one scale. */
    private void errors(Graphics2D canvas, int top, int place, String axis, List<Double> values) {
        int room = (layout.width() - HeadMapLayout.GUTTER - HeadMapLayout.GAP) / 2;
        int width = Math.min(room, values.size() * WIDEST_BAR);
        int left = MARGIN + HeadMapLayout.GUTTER + place * (room + HeadMapLayout.GAP);
        int y = top + SMALL_LINE;
        double greatest = errors.greatest();
        String run = place == 0 ? "; of the run " + twoDigits(errors.run().orElseThrow()) : "";
        PixelFont.draw(canvas, "error of attention by " + axis + run, left, top, 1);
        for (int i = 0; i < values.size(); i++) {
            int from = left + (int) ((long) i * width / values.size());
            int to = left + (int) ((i + 1L) * width / values.size());
            int height =
                    (int)
                            Math.round(
                                    values.get(i)
                                            / Math.max(greatest, Double.MIN_NORMAL)
                                            * ERRORS_HEIGHT);
            canvas.fillRect(from, y + ERRORS_HEIGHT - height, Math.max(1, to - from - 1), height);
        }
        frame(canvas, left, y, width, ERRORS_HEIGHT);
        if (place == 0) {
            right(canvas, twoDigits(greatest), left - 4, y);
            right(canvas, "0", left - 4, y + ERRORS_HEIGHT - PixelFont.HEIGHT);
        }
        range(canvas, axis, values.size(), left, y + ERRORS_HEIGHT + 4, width);
    }

    private void panel(Graphics2D canvas, int layer) {
        int x = layout.x(layer);
        int height = layout.blockHeight();
        canvas.setColor(Color.BLACK);
        PixelFont.draw(canvas, "layer " + layer, x, layout.nameY(layer), 1);
        for (int branch = 0; branch < choices.branches(); branch++) {
            int y = layout.y(layer, branch);
            cells(canvas, layer, branch, x, y);
            frame(canvas, x, y, layout.panelWidth(), height);
            if (layer % layout.columns() == 0) {
                right(canvas, "head 0", x - 4, y + 1);
                if (choices.heads() > 1) {
                    String last = String.valueOf(choices.heads() - 1);
                    right(canvas, last, x - 4, y + height - PixelFont.HEIGHT);
                }
                if (choices.branches() > 1) {
                    String[] words = choices.branchName(branch).split(" ");
                    PixelFont.draw(canvas, words[0], 0, y + 1, 1);
                    PixelFont.draw(canvas, words[1], 0, y + 1 + SMALL_LINE, 1);
                }
            }
        }
        if (layout.lowest(layer)) {
            int below = layout.y(layer, choices.branches()) + 2;
            range(canvas, "step", choices.steps(), x, below, layout.panelWidth());
        }
    }

    private void cells(Graphics2D canvas, int layer, int branch, int x, int y) {
        int width = layout.cell();
        int height = layout.cellHeight();
        Shades shades = shades();
        for (int step = 0; step < choices.steps(); step++) {
            for (int head = 0; head < choices.heads(); head++) {
                canvas.setColor(shades.of(choices.at(step, layer, branch, head)));
                canvas.fillRect(x + step * width, y + head * height, width, height);
            }
        }
    }

    /** Around what is inside, which it leaves. */
    private static void frame(Graphics2D canvas, int x, int y, int width, int height) {
        canvas.setColor(FRAME);
        canvas.drawRect(x - 1, y - 1, width + 1, height + 1);
        canvas.setColor(Color.BLACK);
    }

    private static void right(Graphics2D canvas, String text, int x, int y) {
        PixelFont.draw(canvas, text, x - PixelFont.width(text, 1), y, 1);
    }

    /** Names an axis and its ends; all count from 0, as in reports. */
    private static void range(Graphics2D canvas, String axis, int count, int x, int y, int width) {
        String first = axis + " 0";
        String last = String.valueOf(count - 1);
        if (count == 1) {
            PixelFont.draw(canvas, first, x, y, 1);
        } else if (PixelFont.width(first + " " + last, 1) <= width) {
            PixelFont.draw(canvas, first, x, y, 1);
            right(canvas, last, x + width + 1, y);
        } else {
            PixelFont.draw(canvas, first + "-" + last, x, y, 1);
        }
    }

    /** How many heads chose what at a place of an axis. */
    @FunctionalInterface
    private interface Counts {
        Map<Cell, Integer> of(int index);
    }
}
