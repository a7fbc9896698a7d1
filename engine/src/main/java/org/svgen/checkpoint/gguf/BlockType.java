package org.svgen.checkpoint.gguf;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;

/**
 * How numbers are stored: a few to a block, which has a scale for them. Those with a K have scales
 * for parts of a block, too.
 *
 * @see <a href="https://github.com/ggml-org/ggml">ggml_type</a>
 */
enum BlockType {
    F32(0, 1, 4, DType.F32),
    F16(1, 1, 2, DType.F16),
    Q4_0(2, 32, 18, SmallBlocks::q40),
    Q4_1(3, 32, 20, SmallBlocks::q41),
    Q5_0(6, 32, 22, SmallBlocks::q50),
    Q5_1(7, 32, 24, SmallBlocks::q51),
    Q8_0(8, 32, 34, SmallBlocks::q80),
    Q3_K(11, 256, 110, LargeBlocks::q3),
    Q4_K(12, 256, 144, LargeBlocks::q4),
    Q5_K(13, 256, 176, LargeBlocks::q5),
    Q6_K(14, 256, 210, LargeBlocks::q6),
    BF16(30, 1, 2, DType.BF16);

    /** Makes numbers of the block at the start of some bytes. */
    @FunctionalInterface
    interface Decoder {
        void decode(BlockBytes block, float[] to, int at);
    }

    private final int id;
    private final int numbers;
    private final int bytes;
    private final @Nullable DType plain;
    private final Decoder decoder;

    BlockType(int id, int numbers, int bytes, DType plain) {
        this.id = id;
        this.numbers = numbers;
        this.bytes = bytes;
        this.plain = plain;
        this.decoder =
                (block, to, at) -> {
                    throw new IllegalStateException("no blocks");
                };
    }

    BlockType(int id, int numbers, int bytes, Decoder decoder) {
        this.id = id;
        this.numbers = numbers;
        this.bytes = bytes;
        this.plain = null;
        this.decoder = decoder;
    }

    static Optional<BlockType> of(int id) {
        return Arrays.stream(values()).filter(type -> type.id == id).findFirst();
    }

    /** All that are read, for messages. */
    static String known() {
        return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
    }

    /** The same as a tensor's type; empty if numbers are in blocks. */
    Optional<DType> plain() {
        return Optional.ofNullable(plain);
    }

    /** How many numbers a block has. */
    int numbers() {
        return numbers;
    }

    /** Bytes of a block. */
    int bytes() {
        return bytes;
    }

    Decoder decoder() {
        return decoder;
    }
}
