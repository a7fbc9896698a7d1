package org.svgen.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.svgen.tensor.BFloat16;
import org.svgen.tensor.DType;
import org.svgen.tensor.Float8;

/**
 * Takes rows as e4m3 with a scale each.
 *
 * @param type what the rows are rounded to before
 * @param scales F32 [M]
 * @param values F8_E4M3 [M, width]
 */
record EightBitSink(DType type, MemorySegment scales, MemorySegment values, int width)
        implements RowNorms.RowsSink {
    @Override
    public void put(float[] rows, long first, int count) {
        for (int i = 0; i < count; i++) {
            put(rows, i * width, first + i);
        }
    }

    private void put(float[] rows, int at, long row) {
        for (int i = at; i < at + width; i++) {
            rows[i] = rounded(rows[i]);
        }
        float most = EightBitRows.most(rows, at, width);
        float inverse = Float8.inverse(most);
        for (int i = 0; i < width; i++) {
            byte bits = Float8.toE4m3(rows[at + i] * inverse);
            values.set(ValueLayout.JAVA_BYTE, row * width + i, bits);
        }
        scales.set(ValueLayout.JAVA_FLOAT_UNALIGNED, Float.BYTES * row, Float8.scale(most));
    }

    private float rounded(float x) {
        return switch (type) {
            case BF16 -> BFloat16.round(x);
            case F16 -> Float.float16ToFloat(Float.floatToFloat16(x));
            default -> x;
        };
    }
}
