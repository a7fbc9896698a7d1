package org.svgen.cuda.ffi;

import org.svgen.tensor.SvgenException;

/** A call of cuBLASLt failed. The message names the error and the call. */
public final class CublasLtException extends SvgenException {
    private static final long serialVersionUID = 1L;

    public CublasLtException(String message) {
        super(message);
    }

    static CublasLtException of(int status, String function) {
        return new CublasLtException("%s in %s".formatted(name(status), function));
    }

    /** {@code cublasStatus_t} of the library's header. */
    private static String name(int status) {
        return switch (status) {
            case 1 -> "CUBLAS_STATUS_NOT_INITIALIZED";
            case 3 -> "CUBLAS_STATUS_ALLOC_FAILED";
            case CublasLt.INVALID_VALUE -> "CUBLAS_STATUS_INVALID_VALUE";
            case 8 -> "CUBLAS_STATUS_ARCH_MISMATCH";
            case 11 -> "CUBLAS_STATUS_MAPPING_ERROR";
            case 13 -> "CUBLAS_STATUS_EXECUTION_FAILED";
            case 14 -> "CUBLAS_STATUS_INTERNAL_ERROR";
            case CublasLt.NOT_SUPPORTED -> "CUBLAS_STATUS_NOT_SUPPORTED";
            case 16 -> "CUBLAS_STATUS_LICENSE_ERROR";
            default -> "cuBLAS error " + status;
        };
    }
}
