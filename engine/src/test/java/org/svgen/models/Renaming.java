package org.svgen.models;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.svgen.tensor.Tensor;

/** Other names for tensors, and tensors joined. */
final class Renaming {
    private static final Arena ARENA = Arena.ofAuto();

    private Renaming() {}

    static void join(
            Map<String, Tensor> weights, String first, String as, String where, String... more) {
        for (String name : List.copyOf(weights.keySet())) {
            if (name.contains("." + first + ".") && name.matches(where)) {
                List<Tensor> all = new ArrayList<>(List.of(weights.remove(name)));
                for (String other : more) {
                    all.add(weights.remove(name.replace("." + first + ".", "." + other + ".")));
                }
                weights.put(name.replace("." + first + ".", "." + as + "."), stacked(all));
            }
        }
    }

    static Tensor swapped(Tensor tensor) {
        int half = tensor.size(0) / 2;
        return stacked(List.of(tensor.rows(half, 2L * half), tensor.rows(0, half)));
    }

    static Tensor stacked(List<Tensor> tensors) {
        long[] dims = tensors.getFirst().shape().dims();
        dims[0] = tensors.stream().mapToLong(t -> t.size(0)).sum();
        Tensor all = Tensor.zeros(ARENA, tensors.getFirst().dtype(), dims);
        long at = 0;
        for (Tensor tensor : tensors) {
            MemorySegment.copy(tensor.host(), 0, all.host(), at, tensor.bytes());
            at += tensor.bytes();
        }
        return all;
    }

    static Map<String, Tensor> renamed(Map<String, Tensor> weights, String... pairs) {
        Map<String, Tensor> out = new LinkedHashMap<>();
        weights.forEach((name, tensor) -> out.put(replaced(name, pairs), tensor));
        return out;
    }

    /** Each pair in turn, wherever it is found. */
    static String replaced(String name, String... pairs) {
        String to = name;
        for (int i = 0; i < pairs.length; i += 2) {
            to = to.replace(pairs[i], pairs[i + 1]);
        }
        return to;
    }
}
