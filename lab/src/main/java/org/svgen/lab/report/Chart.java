package org.svgen.lab.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jetbrains.letsPlot.commons.encoding.UnsupportedRGBEncoder;
import org.jetbrains.letsPlot.core.util.PlotSvgExportCommon;

/**
 * One plot, drawn by Lets-Plot: axes, then layers of lines, points and texts. A layer has the names
 * and options of that library's geometries.
 */
final class Chart {
    private static final int TEXT = 12;

    private final int width;
    private final int height;
    private final List<Object> scales = new ArrayList<>();
    private final List<Object> layers = new ArrayList<>();
    private final Map<String, Object> theme;

    Chart(int width, int height) {
        this.width = width;
        this.height = height;
        theme =
                map(
                        "name", "minimal",
                        "legend_position", "none",
                        "text", map("color", Colour.MUTED.onWhite(), "size", TEXT),
                        "panel_grid_major", map("color", Colour.GRID.onWhite(), "size", 1),
                        "panel_grid_minor", "blank",
                        "panel_background", "blank",
                        "plot_background", "blank");
    }

    /** An axis: {@code x} or {@code y}. */
    Chart axis(String axis, String title, Axis range) {
        Map<String, Object> scale =
                map(
                        "aesthetic", axis,
                        "name", title,
                        "limits", list(range.low(), range.high()),
                        "expand", list(0, 0),
                        "breaks", list(range.ticks().toArray()),
                        "labels", list(range.labels().toArray()));
        if (range.reversed()) {
            scale.put("trans", "reverse");
        }
        scales.add(scale);
        return this;
    }

    /** An axis without numbers and grid. */
    Chart bare(String axis, double low, double high) {
        scales.add(
                map(
                        "aesthetic", axis,
                        "name", "",
                        "limits", list(low, high),
                        "expand", list(0, 0),
                        "breaks", list()));
        theme.put("axis_text_" + axis, "blank");
        theme.put("axis_title_" + axis, "blank");
        theme.put("panel_grid_major_" + axis, "blank");
        return this;
    }

    Chart points(double[] x, double[] y, Colour colour, Mark mark, double size, double opacity) {
        layers.add(
                map(
                        "geom", "point",
                        "data", map("x", boxed(x), "y", boxed(y)),
                        "mapping", map("x", "x", "y", "y"),
                        "shape", mark.code(),
                        "size", size * mark.scale(),
                        "alpha", opacity,
                        "color", colour.onWhite()));
        return this;
    }

    /** From point to point. */
    Chart line(double[] x, double[] y, Colour colour, Stroke stroke) {
        layers.add(
                map(
                        "geom", "path",
                        "data", map("x", boxed(x), "y", boxed(y)),
                        "mapping", map("x", "x", "y", "y"),
                        "linetype", stroke.type(),
                        "size", stroke.width(),
                        "color", colour.onWhite()));
        return this;
    }

    Chart text(double x, double y, String text, Colour colour, String align) {
        layers.add(
                map(
                        "geom",
                        "text",
                        "data",
                        map("x", list(x), "y", list(y), "text", list(text)),
                        "mapping",
                        map("x", "x", "y", "y", "label", "text"),
                        "hjust",
                        align,
                        "size",
                        5.6,
                        "color",
                        colour.onWhite()));
        return this;
    }

    /**
     * Draws it.
     *
     * @param id begins all names within, so that several drawings can share a page
     * @param title what it is, for those who cannot see it
     * @param description what it shows, for them
     */
    String svg(String id, String title, String description) {
        Map<String, Object> spec =
                map(
                        "kind", "plot",
                        "ggsize", map("width", width, "height", height),
                        "theme", theme,
                        "scales", scales,
                        "layers", layers);
        String drawn =
                PlotSvgExportCommon.INSTANCE.buildSvgImageFromRawSpecs(
                        spec, null, new UnsupportedRGBEncoder(), false);
        return new SvgFinish(id, title, description).of(drawn, width, height);
    }

    private static Map<String, Object> map(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }

    private static List<Object> list(Object... values) {
        return new ArrayList<>(List.of(values));
    }

    private static List<Object> boxed(double[] values) {
        List<Object> list = new ArrayList<>();
        for (double value : values) {
            list.add(value);
        }
        return list;
    }
}
