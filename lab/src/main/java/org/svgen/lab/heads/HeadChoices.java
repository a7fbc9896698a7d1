package org.svgen.lab.heads;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.svgen.pipeline.Report;

/**
 * The choices of a whole run, as its report has them.
 *
 * @param words [steps][layers][branches], a letter for each head; no words where a call was dense
 * @param widthWords the same of widths; nothing where there is one width
 * @param branches of guidance, of the step that has most
 * @param heads of a layer
 * @param widths kept fraction of pairs by width, rising
 */
record HeadChoices(
        List<List<List<String>>> words,
        List<List<List<String>>> widthWords,
        int branches,
        int heads,
        List<Double> widths) {
    static HeadChoices of(Report report) {
        List<List<List<String>>> words = split(report, Report.Step::heads);
        int branches = 0;
        int heads = 0;
        for (List<List<String>> step : words) {
            for (List<String> layer : step) {
                branches = Math.max(branches, layer.size());
                for (String word : layer) {
                    heads = Math.max(heads, word.length());
                }
            }
        }
        return new HeadChoices(
                words, split(report, Report.Step::widths), branches, heads, report.widths());
    }

    private static List<List<List<String>>> split(
            Report report, Function<Report.Step, List<String>> texts) {
        return report.steps().stream()
                .map(step -> texts.apply(step).stream().map(HeadChoices::split).toList())
                .toList();
    }

    private static List<String> split(String heads) {
        return heads.isEmpty() ? List.of() : Arrays.asList(heads.split(" "));
    }

    int steps() {
        return words.size();
    }

    int layers() {
        return words.isEmpty() ? 0 : words.getFirst().size();
    }

    /** No call chose anything. */
    boolean isEmpty() {
        return heads == 0;
    }

    /** A step without guidance has the last branch alone, the one with the prompt. */
    Cell at(int step, int layer, int branch, int head) {
        List<String> there = words.get(step).get(layer);
        if (there.isEmpty()) {
            return Cell.of(HeadChoice.WARM_UP);
        }
        int index = branch - (branches - there.size());
        if (index < 0) {
            return Cell.of(HeadChoice.NONE);
        }
        HeadChoice choice = HeadChoice.of(there.get(index).charAt(head));
        return severalWidths() && choice.isBand()
                ? new Cell(choice, width(widthWords.get(step).get(layer).get(index).charAt(head)))
                : Cell.of(choice);
    }

    /** Bands of a kind are not all alike. */
    boolean severalWidths() {
        return widths.size() > 1;
    }

    private int width(char letter) {
        return Objects.checkIndex(Character.digit(letter, Character.MAX_RADIX), widths.size());
    }

    /** How many heads of a branch chose what, in all layers of a step. */
    Map<Cell, Integer> ofStep(int step, int branch) {
        Map<Cell, Integer> counts = new TreeMap<>();
        for (int layer = 0; layer < layers(); layer++) {
            count(step, layer, branch, counts);
        }
        return counts;
    }

    /** How many heads of a branch chose what, in all steps of a layer. */
    Map<Cell, Integer> ofLayer(int layer, int branch) {
        Map<Cell, Integer> counts = new TreeMap<>();
        for (int step = 0; step < steps(); step++) {
            count(step, layer, branch, counts);
        }
        return counts;
    }

    private void count(int step, int layer, int branch, Map<Cell, Integer> counts) {
        for (int head = 0; head < heads; head++) {
            counts.merge(at(step, layer, branch, head), 1, Integer::sum);
        }
    }

    /** {@return what a branch is called} */
    String branchName(int branch) {
        return branches == 1 ? "all" : branch == branches - 1 ? "with prompt" : "no prompt";
    }
}
