package org.svgen.run;

import org.svgen.tensor.SvgenException;

/** Numbers ceased to be numbers: says where and how many. */
public final class NonFiniteException extends SvgenException {
    private static final long serialVersionUID = 1L;

    NonFiniteException(String message) {
        super(message);
    }
}
