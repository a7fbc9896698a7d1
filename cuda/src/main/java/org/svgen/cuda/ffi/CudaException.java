package org.svgen.cuda.ffi;

import org.svgen.tensor.SvgenException;

/** A call of the driver failed. The message names the error, the call and what it was for. */
public final class CudaException extends SvgenException {
    private static final long serialVersionUID = 1L;

    private final int code;

    CudaException(int code, String message) {
        super(lost(code) ? "the GPU stopped working, start again: " + message : message);
        this.code = code;
    }

    /** The number behind the name, a {@code CUresult}. */
    public int code() {
        return code;
    }

    public boolean outOfMemory() {
        return code == 2;
    }

    /** True if every later call of this process will fail too. */
    public boolean lost() {
        return lost(code);
    }

    /** Of the driver's documentation: errors that leave the process in an inconsistent state. */
    private static boolean lost(int code) {
        return switch (code) {
            case 4, // deinitialized
                    46, // device unavailable
                    101, // invalid device, as after a fall off the bus
                    214, // uncorrectable ECC error
                    220, // uncorrectable NVLink error
                    226, // contained ECC or memory error
                    700, // illegal address
                    702, // launch timeout
                    709, // context is destroyed
                    710, // assertion in a kernel
                    714, // hardware stack error
                    715, // illegal instruction
                    716, // misaligned address
                    717, // invalid address space
                    718, // invalid program counter
                    719, // launch failure
                    999 -> // unknown
                    true;
            default -> false;
        };
    }
}
