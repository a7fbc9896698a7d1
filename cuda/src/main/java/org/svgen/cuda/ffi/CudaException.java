package org.svgen.cuda.ffi;

import org.svgen.tensor.SvgenException;

/** A call of the driver failed. The message names the error, the call and what it was for. */
public final class CudaException extends SvgenException {
    private static final long serialVersionUID = 1L;

    private final int code;

    CudaException(int code, String message) {
        super(message);
        this.code = code;
    }

    /** The number behind the name, a {@code CUresult}. */
    public int code() {
        return code;
    }

    /** The same error with more said at the end of its line. */
    public CudaException with(String more) {
        return new CudaException(code, getMessage() + more);
    }

    public boolean outOfMemory() {
        return code == 2;
    }
}
