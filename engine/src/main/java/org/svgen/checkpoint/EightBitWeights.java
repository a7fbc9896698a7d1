package org.svgen.checkpoint;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.op.Weight.Inputs;

/**
 * Weights of which some matrices become e4m3 with a scale of each row, for inputs of 8 bits. What
 * comes as e4m3 keeps its values, and a scale of all becomes one of each row.
 *
 * <p>A matrix that is asked for again is one of a layer that is streamed: it is kept in the host's
 * memory then, since to compute it takes longer than to copy it.
 */
record EightBitWeights(
        StoredWeights stored, EightBitLayers layers, Map<String, StoredWeight> seen, Arena arena)
        implements ChangedWeights {

    EightBitWeights(StoredWeights stored, EightBitLayers layers) {
        this(stored, layers, new ConcurrentHashMap<>(), Arena.ofAuto());
    }

    @Override
    public StoredWeight changed(String name, StoredWeight weight) {
        if (!layers.has(name, weight.shape())) {
            return weight;
        }
        if (weight.values() instanceof CodedTensor coded && coded.bits().dtype() == DType.F8_E4M3) {
            return new StoredWeight(
                    new MappedTensor(coded.bits()),
                    DType.F8_E4M3,
                    ofRows(coded.rows(), coded.factor()),
                    Inputs.EIGHT_BITS);
        }
        return weight.scale() != null
                ? weight
                : seen.merge(
                        name,
                        EightBitMatrix.of(weight.values()).weight(),
                        (before, _) -> kept(before));
    }

    private StoredWeight kept(StoredWeight before) {
        return before.values() instanceof ComputedTensor values
                        && before.scale() instanceof ComputedTensor scale
                ? new StoredWeight(
                        new MappedTensor(values.in(DType.F8_E4M3, arena)),
                        DType.F8_E4M3,
                        new MappedTensor(scale.in(DType.F32, arena)),
                        Inputs.EIGHT_BITS)
                : before;
    }

    private static HostTensor ofRows(int rows, HostTensor scale) {
        if (scale.shape().elements() == rows) {
            return scale;
        }
        return new ComputedTensor(
                DType.F32,
                Shape.of(rows),
                _ -> {
                    float[] all = new float[rows];
                    Arrays.fill(all, scale.row(0)[0]);
                    return all;
                });
    }
}
