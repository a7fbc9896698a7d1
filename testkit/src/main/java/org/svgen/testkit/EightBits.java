package org.svgen.testkit;

import java.lang.foreign.ValueLayout;
import org.svgen.tensor.Float8;
import org.svgen.tensor.Tensor;

/** Inputs of products as these have them in 8 bits. */
final class EightBits {
    private EightBits() {}

    /** Rows that were rounded before, as numbers. */
    static void scale(Doubles bits, Doubles scales) {
        for (int i = 0; i < bits.values().length; i++) {
            bits.values()[i] *= scales.values()[i / bits.last()];
        }
    }

    /** Rounds rows to e4m3, with a scale of each. */
    static void write(Doubles rows, Tensor scales, Tensor out) {
        for (int m = 0; m < rows.rows(); m++) {
            float most = 0;
            for (int i = m * rows.last(); i < (m + 1) * rows.last(); i++) {
                most = (float) Math.max(most, Math.abs(rows.values()[i]));
            }
            Doubles.put(scales, m, Float8.scale(most));
            for (int i = m * rows.last(); i < (m + 1) * rows.last(); i++) {
                byte bits = Float8.toE4m3((float) rows.values()[i] * Float8.inverse(most));
                out.host().set(ValueLayout.JAVA_BYTE, i, bits);
            }
        }
    }

    /** Rounds rows that lie side by side to e4m3, with one scale for all parts of a row. */
    static void round(Doubles... parts) {
        for (int m = 0; m < parts[0].rows(); m++) {
            float most = 0;
            for (Doubles part : parts) {
                for (int i = m * part.last(); i < (m + 1) * part.last(); i++) {
                    most = (float) Math.max(most, Math.abs(part.values()[i]));
                }
            }
            float inverse = Float8.inverse(most);
            double scale = Float8.scale(most);
            for (Doubles part : parts) {
                for (int i = m * part.last(); i < (m + 1) * part.last(); i++) {
                    byte bits = Float8.toE4m3((float) part.values()[i] * inverse);
                    part.values()[i] = Float8.e4m3(bits) * scale;
                }
            }
        }
    }
}
