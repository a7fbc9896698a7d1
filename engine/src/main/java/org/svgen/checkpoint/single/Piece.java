package org.svgen.checkpoint.single;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.CodedTensor;
import org.svgen.checkpoint.ComputedTensor;
import org.svgen.checkpoint.HostTensor;
import org.svgen.checkpoint.MappedTensor;
import org.svgen.checkpoint.StoredWeight;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;

/**
 * A weight of a model as a part of a tensor in a file: all its rows, or some in another order. A
 * row is what belongs to one index of the first dimension.
 *
 * @param name of the weight
 * @param parts into which the tensor's rows are divided evenly
 * @param taken the parts that make the weight, one behind the other
 */
public record Piece(String name, int parts, List<Integer> taken) {
    /** Keeps a copy of the list. */
    public Piece {
        taken = List.copyOf(taken);
    }

    /**
     * {@return a weight that is a whole tensor}
     *
     * @param name of the weight
     */
    public static Piece whole(String name) {
        return new Piece(name, 1, List.of(0));
    }

    /**
     * {@return true if the rows of a tensor can be divided so}
     *
     * @param tensor its dimensions
     */
    public boolean divides(Shape tensor) {
        return parts == 1 || tensor.rank() > 0 && tensor.size(0) % parts == 0;
    }

    /**
     * {@return the dimensions of this piece of a tensor}
     *
     * @param tensor its dimensions
     */
    public Shape shape(Shape tensor) {
        if (parts == 1) {
            return tensor;
        }
        long[] dims = tensor.dims();
        dims[0] = dims[0] / parts * taken.size();
        return Shape.of(dims);
    }

    /** The rows of the tensor that are the rows of this piece. */
    int[] rows(long ofTensor) {
        int each = Math.toIntExact(ofTensor / parts);
        return taken.stream()
                .flatMapToInt(part -> IntStream.range(part * each, (part + 1) * each))
                .toArray();
    }

    /** This piece of a tensor. */
    StoredWeight of(StoredWeight tensor) {
        return parts == 1 ? tensor : StoredWeight.of(part(tensor.values()));
    }

    private @Nullable HostTensor scale(@Nullable HostTensor scale) {
        return scale == null || scale.shape().elements() == 1 ? scale : part(scale);
    }

    /**
     * {@return this piece of a tensor, a view of it where its rows lie together}
     *
     * @param whole the tensor
     */
    public HostTensor part(HostTensor whole) {
        if (parts == 1) {
            return whole;
        }
        int[] rows = rows(whole.shape().size(0));
        if (whole instanceof MappedTensor(Tensor tensor) && isOneRun(rows)) {
            return new MappedTensor(tensor.rows(rows[0], rows[0] + (long) rows.length));
        }
        if (whole instanceof CodedTensor coded && coded.isMatrix() && isOneRun(rows)) {
            return coded.rows(rows[0], rows[0] + rows.length, scale(coded.scale()));
        }
        Shape shape = shape(whole.shape());
        if (shape.rank() > 1) {
            return new ComputedTensor(whole.dtype(), shape, row -> whole.row(rows[row]));
        }
        return new ComputedTensor(whole.dtype(), shape, _ -> chosen(whole.row(0), rows));
    }

    private static boolean isOneRun(int[] rows) {
        return rows.length > 0 && rows[rows.length - 1] - rows[0] == rows.length - 1;
    }

    private static float[] chosen(float[] all, int[] rows) {
        float[] some = new float[rows.length];
        for (int i = 0; i < some.length; i++) {
            some[i] = all[rows[i]];
        }
        return some;
    }
}
