package org.svgen.models;

import java.util.Optional;
import org.svgen.checkpoint.ChangedWeights;
import org.svgen.checkpoint.ComputedTensor;
import org.svgen.checkpoint.HostTensor;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.checkpoint.StoredWeight;
import org.svgen.checkpoint.StoredWeights;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/**
 * A LoRA in the names of PEFT: {@code W + strength B A} in place of the transformer's weights that
 * it names, summed in double and rounded once, to f32.
 */
record LowRankAdapter(SafeTensors file, double strength) implements ModelSpec.Change {
    @Override
    public StoredWeights of(String component, StoredWeights stored) {
        return component.equals("transformer") ? new Merged(stored, this) : stored;
    }

    private record Merged(StoredWeights stored, LowRankAdapter adapter) implements ChangedWeights {
        @Override
        public StoredWeight changed(String name, StoredWeight weight) {
            String layer = "transformer." + name.replaceFirst("\\.weight$", "");
            Optional<Tensor> down = adapter.file.find(layer + ".lora_A.weight"); // [R, K]
            Optional<Tensor> up = adapter.file.find(layer + ".lora_B.weight"); // [N, R]
            if (down.isEmpty() || up.isEmpty()) {
                return weight;
            }
            HostTensor values = weight.values();
            return StoredWeight.of(
                    new ComputedTensor(
                            DType.F32,
                            values.shape(),
                            row -> merged(values.row(row), up.get().get(row), down.get())));
        }

        private float[] merged(float[] row, Tensor up, Tensor down) {
            float[] factors = up.toFloats();
            float[] all = down.toFloats();
            for (int k = 0; k < row.length; k++) {
                double sum = 0;
                for (int r = 0; r < factors.length; r++) {
                    sum += (double) factors[r] * all[r * row.length + k];
                }
                row[k] = (float) (row[k] + adapter.strength * sum);
            }
            return row;
        }
    }
}
