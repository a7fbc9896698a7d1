package org.svgen.lab.report;

import java.util.List;

/**
 * What the template of the page fills in, by these names. All texts are escaped there but for
 * {@code style}, {@code script} and drawings, which svgen makes itself.
 */
record Page(
        String title,
        String lede,
        String generator,
        String style,
        String script,
        String scriptHash,
        List<Card> cards,
        String baseline,
        String main,
        List<Key> keys,
        SummaryTable summary,
        List<Plot> fronts,
        List<Plot> differences,
        List<Plot> strips,
        List<Plot> steps,
        List<Plot> others,
        MeasuresTable measures,
        List<ClipView> clips,
        ClipsTable clipsTable,
        List<HeadView> heads,
        List<Fact> facts,
        List<Fact> settings,
        String command,
        List<String> prompts,
        List<String> notes) {
    /** A number to see first. */
    record Card(String label, String value, String detail) {}

    /** A method in the legend. */
    record Key(String name, String colour, String path, boolean open) {}

    record Fact(String name, String value) {}

    record Plot(String title, String caption, String wide, String narrow) {}

    /** The table of all methods. */
    record SummaryTable(boolean differences, boolean skips, List<String> measures, List<Row> rows) {
        record Row(
                String name,
                String role,
                String settings,
                List<Key> key,
                boolean front,
                List<Cell> cells,
                Cell difference,
                Cell speed,
                Cell seconds,
                String density,
                String skipped) {}
    }

    /** Each measure of each method. */
    record MeasuresTable(List<String> measures, List<Row> rows) {
        record Row(String name, List<Cell> cells) {}
    }

    /**
     * A number in a table.
     *
     * @param sort what sorting goes by
     * @param detail below it, such as its interval
     * @param note below that
     */
    record Cell(String value, String sort, String detail, String note, boolean strong) {
        static final Cell NONE = new Cell("\u2013", "", "", "", false);

        Cell(String value, String sort, String detail, boolean strong) {
            this(value, sort, detail, "", strong);
        }
    }

    /** One measure of each clip. */
    record ClipsTable(String measure, List<String> methods, List<Row> rows) {
        record Row(int number, String prompt, String seed, List<Cell> cells) {}
    }

    /** A clip's pictures. */
    record ClipView(
            int number,
            String prompt,
            String seed,
            String range,
            boolean open,
            List<Strip> strips) {}

    record Strip(String name, String numbers, String alt, List<Embedded> picture) {}

    record HeadView(String name, String alt, List<Embedded> picture) {}
}
