package org.svgen.checkpoint.gguf;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;
import org.svgen.tensor.block.BlockFormat;

/**
 * The types of tensors that are read, by their numbers in ggml: floats, or blocks of few bits.
 *
 * @see <a href="https://github.com/ggml-org/ggml">ggml_type</a>
 */
enum BlockType {
    F32(0, DType.F32),
    F16(1, DType.F16),
    Q4_0(2, BlockFormat.Q4_0),
    Q4_1(3, BlockFormat.Q4_1),
    Q5_0(6, BlockFormat.Q5_0),
    Q5_1(7, BlockFormat.Q5_1),
    Q8_0(8, BlockFormat.Q8_0),
    Q3_K(11, BlockFormat.Q3_K),
    Q4_K(12, BlockFormat.Q4_K),
    Q5_K(13, BlockFormat.Q5_K),
    Q6_K(14, BlockFormat.Q6_K),
    BF16(30, DType.BF16);

    private final int id;
    private final @Nullable DType plain;
    private final @Nullable BlockFormat blocks;

    BlockType(int id, DType plain) {
        this.id = id;
        this.plain = plain;
        this.blocks = null;
    }

    BlockType(int id, BlockFormat blocks) {
        this.id = id;
        this.plain = null;
        this.blocks = blocks;
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

    /** The format of blocks; none of floats. */
    @Nullable BlockFormat blocks() {
        return blocks;
    }

    /** How many numbers a block has. */
    int numbers() {
        return blocks == null ? 1 : blocks.numbers();
    }

    /** Bytes of a block. */
    int bytes() {
        if (blocks != null) {
            return blocks.bytes();
        }
        return plain == null ? 0 : plain.bytes();
    }
}
