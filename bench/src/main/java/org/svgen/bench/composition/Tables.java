package org.svgen.bench.composition;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.svgen.pipeline.CacheSettings;

/** Cells as tables in Markdown: a row for each way to attend, a column for what it goes with. */
final class Tables {
    private static final String FOOTNOTES = "abcdefghijklmnopqrstuvwxyz";

    private final Measured measured;
    private final Map<Composition, Cell> cells = new LinkedHashMap<>();
    private final List<String> refusals = new ArrayList<>();

    Tables(Measured measured) {
        this.measured = measured;
        measured.cells().forEach(cell -> cells.put(cell.composition(), cell));
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(
                "%s. %d frames of %d x %d, %d steps or %d, %d of them dense or 1, density %s, %d %s."
                        .formatted(
                                measured.device(),
                                measured.frames(),
                                measured.width(),
                                measured.height(),
                                measured.steps(),
                                Pace.FEW,
                                measured.denseSteps(),
                                measured.density(),
                                measured.prompts(),
                                measured.prompts() == 1 ? "video" : "videos"));
        table(
                lines,
                "Caches",
                List.of(CacheSettings.Kind.values()),
                (way, kind) -> new Composition(way, kind, Precision.F32, Pace.MANY));
        table(
                lines,
                "Precisions",
                Precision.all(),
                (way, precision) ->
                        new Composition(way, CacheSettings.Kind.NONE, precision, Pace.MANY));
        table(
                lines,
                "Few steps",
                measured.paces(),
                (way, pace) -> new Composition(way, CacheSettings.Kind.NONE, Precision.F32, pace));
        if (!refusals.isEmpty()) {
            lines.add("");
            lines.add("### Refused");
            lines.add("");
            for (int i = 0; i < refusals.size(); i++) {
                lines.add("- (%s) `%s`".formatted(footnote(i), refusals.get(i)));
            }
        }
        return lines;
    }

    private interface With<T> {
        Composition of(Way way, T other);
    }

    private <T> void table(List<String> lines, String title, List<T> columns, With<T> with) {
        lines.add("");
        lines.add("### " + title);
        lines.add("");
        lines.add(row("attention", columns, String::valueOf));
        lines.add(row("---", columns, column -> "---"));
        for (Way way : Way.all()) {
            lines.add(row(way.toString(), columns, column -> text(with.of(way, column))));
        }
    }

    private static <T> String row(String first, List<T> columns, Function<T, String> text) {
        return columns.stream()
                .map(text)
                .collect(Collectors.joining(" | ", "| " + first + " | ", " |"));
    }

    private String text(Composition composition) {
        Cell cell = cells.get(composition);
        if (cell == null) {
            return "";
        }
        if (cell.refusal() == null) {
            return text(cell);
        }
        if (!refusals.contains(cell.refusal())) {
            refusals.add(cell.refusal());
        }
        return "refused (%s)".formatted(footnote(refusals.indexOf(cell.refusal())));
    }

    private static String footnote(int index) {
        return index < FOOTNOTES.length()
                ? FOOTNOTES.substring(index, index + 1)
                : String.valueOf(index);
    }

    /** {@code 12.3 s, 31.0 dB, keeps 0.25, skips 4}. */
    static String text(Cell cell) {
        if (cell.refusal() != null) {
            return "refused: " + cell.refusal();
        }
        StringBuilder text = new StringBuilder("%.1f s".formatted(cell.seconds()));
        text.append(
                Double.isInfinite(cell.psnr())
                        ? ", same bits"
                        : ", %.1f dB".formatted(cell.psnr()));
        if (cell.kept() != null) {
            text.append(", keeps %.2f".formatted(cell.kept()));
        }
        if (cell.reused() > 0) {
            text.append(", skips %.0f".formatted(cell.reused()));
        }
        return text.toString();
    }
}
