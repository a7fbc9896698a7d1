package org.svgen.tensor.block;

/** Numbers that stand in the bytes of a block. */
final class Bits {
    private Bits() {}

    /** A half, exact as a float. */
    static float half(byte[] bytes, int at) {
        return Float.float16ToFloat((short) (bytes[at] & 0xff | bytes[at + 1] << 8));
    }

    /** 32 bits, the lowest first. */
    static int word(byte[] bytes, int at) {
        return bytes[at] & 0xff
                | (bytes[at + 1] & 0xff) << 8
                | (bytes[at + 2] & 0xff) << 16
                | bytes[at + 3] << 24;
    }
}
