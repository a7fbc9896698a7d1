package org.svgen.tensor.op;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;

/**
 * An operation with its operands, as a value. {@link Ops} runs it; forecasts, timers and rehearsals
 * read it.
 *
 * <p>Each operation is a record, whose constructor refuses shapes that do not agree with an {@link
 * IllegalArgumentException} that names the operand. Shapes stand beside the operands as comments; a
 * product such as {@code [B*N, C]} means that leading dimensions are taken together. The result is
 * the last operand, {@code out} where there is one. It does not overlap an input unless the
 * operation says so. Arrays are not copied: nobody changes them before the operation has run.
 *
 * <p>Activations are F32 or the backend's own activation type; weights may have any floating point
 * type. Sums are accumulated in at least 32-bit floating point.
 */
public sealed interface Op
        permits ActivateOp,
                AddAveragedOp,
                AddDuplicatedOp,
                AddGatedOp,
                AddNormOp,
                AssignOp,
                AttentionOp,
                AverageFramePairsOp,
                AxpbyOp,
                BiasedAttentionOp,
                BlockAttentionOp,
                BlockDensityOp,
                BlockErrorOp,
                BlockMassOp,
                BlockMeansOp,
                BlockSharesOp,
                ChooseKindsOp,
                ChooseMapsOp,
                ClusterMeansOp,
                Conv3dAddOp,
                Conv3dOp,
                ConvertOp,
                ConvolveAfterOp,
                ConvolveEnlargedOp,
                ConvolveNormedOp,
                CountNonFiniteOp,
                DistanceOp,
                EightBitNormOp,
                EmbeddingOp,
                FillOp,
                GroupNormOp,
                GroupOp,
                InteractOp,
                LayerNormOp,
                LineScoresOp,
                LinearOp,
                LinearPairOp,
                MultiplyOp,
                PermuteOp,
                ProfileOp,
                RmsNormOp,
                RouteBlocksOp,
                SplitHeadsOp,
                ThresholdBlocksOp,
                UpsampleNearestOp {

    /** {@return its name for people, that of the method of {@link Ops}: {@code linear}} */
    String name();

    /**
     * {@return the same operation on other tensors of the same types and shapes}
     *
     * @param tensors gives the tensor that takes the place of one, asked in the order of operands
     */
    Op on(UnaryOperator<Tensor> tensors);

    /** {@return every tensor that it reads or writes, in the order of operands} */
    default List<Tensor> tensors() {
        List<Tensor> found = new ArrayList<>();
        on(t -> {
            found.add(t);
            return t;
        });
        return found;
    }

    /**
     * {@return what operations must have in common to take equally long: name, types and shapes of
     * operands, and what else changes the work}
     */
    List<Object> key();

    /**
     * {@return floating point operations (a multiplication and an addition are two) of products,
     * convolutions and attention; 0 where memory is the limit anyhow}
     */
    default double operations() {
        return 0;
    }

    /**
     * {@return bytes that any way of doing it reads and writes: of all operands once, but of those
     * twice that are added to, and of scratch none}
     */
    default double bytes() {
        return Operands.bytes(tensors());
    }

    /**
     * {@return what it takes, to compare sizes of one operation: what it computes, or, where it
     * only moves, what it moves}
     */
    default double cost() {
        double computed = operations();
        return computed > 0 ? computed : bytes();
    }

    /**
     * {@return the same operation on a part of its operands, of which some have no bytes then;
     * itself for the whole} In a forecast the part stands for the whole.
     *
     * @param share a fraction of it, above 0
     */
    default Op cut(double share) {
        return share >= 1 ? this : part(share);
    }

    /**
     * {@return as {@link #cut} for a share below 1; itself where it moves data without computing:
     * that is measured whole, or not at all}
     *
     * @param share a fraction of it, between 0 and 1
     */
    Op part(double share);

    /**
     * {@return whole numbers for an operand that says what is to be done, so that the operation can
     * be measured; none where any will do, such as zeros and ones}
     *
     * @param operand one of {@link #tensors}
     */
    default int @Nullable [] numbers(Tensor operand) {
        return null;
    }

    /**
     * {@return what it does beyond its plainest form, for people: {@code gelu}, {@code dense},
     * {@code kept 0.25}}
     */
    default String variant() {
        return "";
    }
}
