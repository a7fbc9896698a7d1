package org.svgen.tensor;

import java.util.Locale;
import java.util.Optional;

/** Element types, by the names that safetensors gives them. */
public enum DType {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    F8_E4M3(1),
    F8_E5M2(1),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U8(1),
    BOOL(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** True for the types that weights and activations may have. */
    public boolean isFloat() {
        return switch (this) {
            case F64, F32, F16, BF16, F8_E4M3, F8_E5M2 -> true;
            case I64, I32, I16, I8, U8, BOOL -> false;
        };
    }

    /** The type that a safetensors header calls {@code name}, if it is one of ours. */
    public static Optional<DType> ofSafetensors(String name) {
        for (DType type : values()) {
            if (type.name().equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
