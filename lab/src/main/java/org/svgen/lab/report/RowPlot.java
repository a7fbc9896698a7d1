package org.svgen.lab.report;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * A row for each method, with its name above: a faint point for each clip, a large one for the mean
 * with its interval.
 *
 * @param axis its title
 * @param reversed if smaller values lie on the right
 * @param rows from the top
 * @param lines that go through all rows
 */
record RowPlot(String axis, boolean reversed, List<Row> rows, List<Double> lines) {
    private static final double PITCH = 46;
    private static final double GOLDEN = 0.6180339887498949;

    /**
     * A row.
     *
     * @param values of the clips
     * @param low lower end of the mean's interval
     */
    record Row(String name, Look look, double[] values, double mean, double low, double high) {}

    Drawing draw(String id, String title, String description) {
        return Drawing.of(id, title, description, this::at);
    }

    private Chart at(int width) {
        double[] all =
                DoubleStream.concat(
                                rows.stream()
                                        .flatMapToDouble(row ->
                                                DoubleStream.concat(
                                                        Arrays.stream(row.values),
                                                        DoubleStream.of(row.low, row.high))),
                                lines.stream().mapToDouble(d -> d))
                        .toArray();
        Axis range = reversed ? Axis.around(all).reverse() : Axis.around(all);
        Chart chart =
                new Chart(width, (int) (rows.size() * PITCH) + 56)
                        .axis("x", axis, range)
                        .bare("y", -rows.size(), 0);
        for (double line : lines) {
            double[] x = {line, line};
            chart.line(x, new double[] {-rows.size(), 0}, Colour.MUTED, Stroke.DASHED);
        }
        for (int i = 0; i < rows.size(); i++) {
            row(chart, rows.get(i), -i - 0.62);
            chart.text(
                    range.at(0.005),
                    -i - 0.26,
                    rows.get(i).name,
                    rows.get(i).look.colour(),
                    "left");
        }
        return chart;
    }

    private static void row(Chart chart, Row row, double y) {
        double[] heights = new double[row.values.length];
        // Spread evenly, and the same in each drawing.
        Arrays.setAll(heights, i -> y + 0.36 * ((i * GOLDEN) % 1 - 0.5));
        chart.points(row.values, heights, row.look.colour(), Mark.CIRCLE, 1.8, 0.35);
        double[] ends = {row.low, row.high};
        chart.line(ends, new double[] {y, y}, row.look.colour(), Stroke.THICK);
        chart.points(
                new double[] {row.mean},
                new double[] {y},
                row.look.colour(),
                row.look.mark(),
                4,
                1);
    }
}
