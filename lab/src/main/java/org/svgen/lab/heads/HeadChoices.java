package org.svgen.lab.heads;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.svgen.pipeline.Report;

/**
 * The choices of a whole run, as its report has them.
 *
 * @param words [steps][layers][branches], a letter for each head; no words where a call was dense
 * @param branches of guidance, of the step that has most
 * @param heads of a layer
 */
record HeadChoices(List<List<List<String>>> words, int branches, int heads) {
    static HeadChoices of(Report report) {
        List<List<List<String>>> words =
                report.steps().stream()
                        .map(step -> step.heads().stream().map(HeadChoices::split).toList())
                        .toList();
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
        return new HeadChoices(words, branches, heads);
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
    HeadChoice at(int step, int layer, int branch, int head) {
        List<String> there = words.get(step).get(layer);
        if (there.isEmpty()) {
            return HeadChoice.WARM_UP;
        }
        int index = branch - (branches - there.size());
        return index < 0 ? HeadChoice.NONE : HeadChoice.of(there.get(index).charAt(head));
    }

    /** How many heads of a branch chose what, in all layers of a step. */
    Map<HeadChoice, Integer> ofStep(int step, int branch) {
        Map<HeadChoice, Integer> counts = new EnumMap<>(HeadChoice.class);
        for (int layer = 0; layer < layers(); layer++) {
            count(step, layer, branch, counts);
        }
        return counts;
    }

    /** How many heads of a branch chose what, in all steps of a layer. */
    Map<HeadChoice, Integer> ofLayer(int layer, int branch) {
        Map<HeadChoice, Integer> counts = new EnumMap<>(HeadChoice.class);
        for (int step = 0; step < steps(); step++) {
            count(step, layer, branch, counts);
        }
        return counts;
    }

    private void count(int step, int layer, int branch, Map<HeadChoice, Integer> counts) {
        for (int head = 0; head < heads; head++) {
            counts.merge(at(step, layer, branch, head), 1, Integer::sum);
        }
    }

    /** {@return what a branch is called} */
    String branchName(int branch) {
        return branches == 1 ? "all" : branch == branches - 1 ? "with prompt" : "no prompt";
    }
}
