package org.svgen.testkit;

import org.svgen.tensor.Float8;

/** Inputs of products as these have them in 8 bits. */
final class EightBits {
    private EightBits() {}

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
