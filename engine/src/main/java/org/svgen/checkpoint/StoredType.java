package org.svgen.checkpoint;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.svgen.tensor.DType;

/**
 * Element types that safetensors files may hold, by the names that their headers give them. Most
 * are only told apart and counted, so that a file can be opened whatever else is in it.
 *
 * @see <a
 *     href="https://github.com/huggingface/safetensors/blob/main/safetensors/src/tensor.rs">Dtype</a>
 */
public enum StoredType {
    BOOL(8),
    F4(4),
    F6_E2M3(6),
    F6_E3M2(6),
    U8(8),
    I8(8),
    F8_E5M2(8),
    F8_E4M3(8),
    F8_E8M0(8),
    F8_E4M3FNUZ(8),
    F8_E5M2FNUZ(8),
    I16(16),
    U16(16),
    F16(16),
    BF16(16),
    I32(32),
    U32(32),
    F32(32),
    C64(64),
    F64(64),
    I64(64),
    U64(64);

    private final int bits;

    StoredType(int bits) {
        this.bits = bits;
    }

    static Optional<StoredType> of(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }

    /** Bits of one element; several may share a byte. */
    public int bits() {
        return bits;
    }

    /** The same type as an element of our tensors, if they know it. */
    public Optional<DType> dtype() {
        return DType.ofSafetensors(name());
    }

    /** True for floating point of so few bits that scales would have to come with it. */
    boolean isNarrowFloat() {
        return name().startsWith("F") && bits <= 8;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
