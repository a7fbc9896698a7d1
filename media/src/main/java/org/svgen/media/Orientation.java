package org.svgen.media;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/**
 * How a camera was held (CIPA DC-008, tag 0x0112): phones store pictures as the sensor lies, and
 * viewers turn them.
 *
 * @param code 1 to 8; 1 is upright
 */
record Orientation(int code) {
    static final Orientation UPRIGHT = new Orientation(1);

    /** That of a code found in a file; upright if there is no such code. */
    static Orientation of(long code) {
        return code >= 1 && code <= 8 ? new Orientation((int) code) : UPRIGHT;
    }

    private boolean swapsSides() {
        return code >= 5;
    }

    /** {@code stored} as it is meant to be seen: host F32 [height, width, 3] of {@code arena}. */
    Tensor turn(Pixels stored, Arena arena) {
        int width = stored.width();
        int height = stored.height();
        int lines = swapsSides() ? width : height;
        int columns = swapsSides() ? height : width;
        Tensor seen = Tensor.zeros(arena, DType.F32, lines, columns, 3);
        float[] row = new float[Math.multiplyExact(3, width)];
        for (int y = 0; y < height; y++) {
            stored.row(y, row);
            long first = place(0, y, width, height, columns);
            long step = width == 1 ? 1 : place(1, y, width, height, columns) - first;
            put(row, seen.host(), first, step);
        }
        return seen;
    }

    /** Where the stored pixel (x, y) lies in the upright picture, counted in pixels. */
    private long place(int x, int y, int width, int height, int columns) {
        int right = width - 1 - x;
        int up = height - 1 - y;
        return switch (code) {
            case 2 -> (long) y * columns + right;
            case 3 -> (long) up * columns + right;
            case 4 -> (long) up * columns + x;
            case 5 -> (long) x * columns + y;
            case 6 -> (long) x * columns + up;
            case 7 -> (long) right * columns + up;
            case 8 -> (long) right * columns + y;
            default -> (long) y * columns + x;
        };
    }

    private static void put(float[] row, MemorySegment seen, long first, long step) {
        if (step == 1) {
            MemorySegment.copy(
                    row, 0, seen, ValueLayout.JAVA_FLOAT_UNALIGNED, 12 * first, row.length);
            return;
        }
        long at = 12 * first;
        for (int i = 0; i < row.length; i += 3, at += 12 * step) {
            seen.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, row[i]);
            seen.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4, row[i + 1]);
            seen.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 8, row[i + 2]);
        }
    }
}
