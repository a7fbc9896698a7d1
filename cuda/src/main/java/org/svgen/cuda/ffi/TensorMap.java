package org.svgen.cuda.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/**
 * How Hopper's copy engine reads boxes of a tensor (or writes them): no interleaving, all elements
 * of a box, reads beyond the edges give zeros.
 *
 * @param type of the elements
 * @param address of the first element, a multiple of 16
 * @param sizes elements along each dimension, the contiguous one first; at most five dimensions
 * @param strides bytes from one element to the next along each dimension but the first, multiples
 *     of 16
 * @param box elements of a box along each dimension, at most 256
 * @param swizzle how 16-byte chunks of a box are exchanged in shared memory
 */
public record TensorMap(
        Type type,
        long address,
        List<Long> sizes,
        List<Long> strides,
        List<Integer> box,
        Swizzle swizzle) {
    /** Bytes that an encoded map takes. */
    public static final int BYTES = 128;

    private static final int PROMOTE_TO_256_BYTES = 3; // CUtensorMapL2promotion

    public TensorMap {
        sizes = List.copyOf(sizes);
        strides = List.copyOf(strides);
        box = List.copyOf(box);
        if (sizes.size() != box.size() || strides.size() != sizes.size() - 1) {
            throw new IllegalArgumentException(
                    "sizes %s, strides %s, box %s".formatted(sizes, strides, box));
        }
    }

    /** Element types ({@code CUtensorMapDataType}). */
    public enum Type {
        U8(0),
        F32(7),
        BF16(9);

        private final int number;

        Type(int number) {
            this.number = number;
        }
    }

    /** The span of bytes within which chunks are exchanged ({@code CUtensorMapSwizzle}). */
    public enum Swizzle {
        NONE(0),
        BYTES_32(1),
        BYTES_64(2),
        BYTES_128(3);

        private final int number;

        Swizzle(int number) {
            this.number = number;
        }
    }

    /** Those of {@code cuTensorMapEncodeTiled}. */
    Object[] arguments(MemorySegment to, Arena arena) {
        int[] ones = new int[box.size()];
        Arrays.fill(ones, 1);
        return new Object[] {
            to,
            type.number,
            sizes.size(),
            address,
            longs(sizes, arena),
            longs(strides, arena),
            arena.allocateFrom(
                    ValueLayout.JAVA_INT, box.stream().mapToInt(Integer::intValue).toArray()),
            arena.allocateFrom(ValueLayout.JAVA_INT, ones),
            0, // no interleaving
            swizzle.number,
            PROMOTE_TO_256_BYTES,
            0 // zeros beyond the edges
        };
    }

    private static MemorySegment longs(List<Long> values, Arena arena) {
        long[] array = values.stream().mapToLong(Long::longValue).toArray();
        return arena.allocateFrom(ValueLayout.JAVA_LONG, array);
    }
}
