package org.svgen.checkpoint;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;

/**
 * Element types that safetensors files may hold, by the names that their headers give them. Most
 * are only distinguished and counted, so that a file can be opened whatever else is in it.
 *
 * @see <a
 *     href="https://github.com/huggingface/safetensors/blob/main/safetensors/src/tensor.rs">Dtype</a>
 */
public enum StoredType {
    /** True or false, a byte each. */
    BOOL(8),
    /** 4-bit floats, two to a byte. */
    F4(4),
    /** 6-bit floats with 2 bits of exponent. */
    F6_E2M3(6),
    /** 6-bit floats with 3 bits of exponent. */
    F6_E3M2(6),
    /** Unsigned bytes. */
    U8(8),
    /** Signed bytes. */
    I8(8),
    /** 8-bit floats with 5 bits of exponent. */
    F8_E5M2(8),
    /** 8-bit floats with 4 bits of exponent. */
    F8_E4M3(8),
    /** Powers of two. */
    F8_E8M0(8),
    /** F8_E4M3 without infinity and minus 0. */
    F8_E4M3FNUZ(8),
    /** F8_E5M2 without infinity and minus 0. */
    F8_E5M2FNUZ(8),
    /** Signed, 16 bits. */
    I16(16),
    /** Unsigned, 16 bits. */
    U16(16),
    /** IEEE half. */
    F16(16),
    /** The upper half of an f32. */
    BF16(16),
    /** Signed, 32 bits. */
    I32(32),
    /** Unsigned, 32 bits. */
    U32(32),
    /** IEEE single. */
    F32(32),
    /** Complex numbers, two f32 each. */
    C64(64),
    /** IEEE double. */
    F64(64),
    /** Signed, 64 bits. */
    I64(64),
    /** Unsigned, 64 bits. */
    U64(64);

    private final int bits;

    StoredType(int bits) {
        this.bits = bits;
    }

    /** The type that our tensors call {@code dtype}. */
    static StoredType of(DType dtype) {
        return valueOf(dtype.name());
    }

    static Optional<StoredType> of(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }

    /** {@return bits of one element; several may share a byte} */
    public int bits() {
        return bits;
    }

    /** {@return the same type as an element of our tensors, if they know it} */
    public Optional<DType> dtype() {
        return DType.ofSafetensors(name());
    }

    /** What is said of a tensor of this type that should be computed with. */
    BadInputException refused(String place, String name) {
        boolean narrow = name().startsWith("F") && bits <= 8; // needs a scale that is not there
        return new BadInputException(
                "%s: tensor %s: expected f32, f16 or bf16, found %s%s"
                        .formatted(
                                place,
                                Untrusted.quoted(name),
                                this,
                                narrow
                                        ? ": %d-bit weights are not supported".formatted(bits)
                                        : ""));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
