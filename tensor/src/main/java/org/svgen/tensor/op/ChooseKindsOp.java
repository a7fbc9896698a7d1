package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * Chooses the kind of each head by what {@link ProfileOp} found. A kind will do where its error is
 * at most {@code tolerance} times the energy; every kind will, whose error may be NaN, where the
 * tolerance is infinite. Of those that will do, {@code kinds[b, h]} becomes the one of least {@code
 * error + multiplier * energy * cost}, with the branch's multiplier and the mean energy of its
 * heads; the lower one in a tie. NaN counts as the greatest.
 *
 * <p>Dense attention is number {@code costs.length - 1} and has no error. It competes where the
 * multiplier is above zero. Where that is zero, dense attention is taken if no kind will do.
 *
 * <p>All is computed in double precision, so that every backend chooses alike.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record ChooseKindsOp(
        Tensor errors, // F32 [kinds, B, H]
        Tensor energies, // F32 [B, H]
        float[] costs, // [kinds + 1], the last of dense attention; what they count is the caller's
        float[] multipliers, // [B]: error, in energies, that is worth a unit of cost, at least 0
        float tolerance, // infinity: every kind will do
        Tensor kinds) // I32 [B, H]
        implements Op {
    public ChooseKindsOp {
        Check.rank("errors", errors, 3);
        Check.shape("energies", energies, errors.size(1), errors.size(2));
        Check.shape("kinds", kinds, errors.size(1), errors.size(2));
        Check.that(costs.length == errors.size(0) + 1, "%s costs, errors %s", costs.length, errors);
        Check.that(
                multipliers.length == errors.size(1),
                "%s multipliers, errors %s",
                multipliers.length,
                errors);
        for (float multiplier : multipliers) {
            Check.that(multiplier >= 0, "multiplier %s", multiplier);
        }
        Check.that(tolerance >= 0, "tolerance %s", tolerance);
    }

    @Override
    public String name() {
        return "chooseKinds";
    }

    @Override
    public ChooseKindsOp on(UnaryOperator<Tensor> tensors) {
        return new ChooseKindsOp(
                tensors.apply(errors),
                tensors.apply(energies),
                costs,
                multipliers,
                tolerance,
                tensors.apply(kinds));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), errors, energies, kinds);
    }

    @Override
    public ChooseKindsOp part(double share) {
        return this;
    }
}
