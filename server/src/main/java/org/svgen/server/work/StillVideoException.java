package org.svgen.server.work;

import org.svgen.tensor.SvgenException;

/** A video shows nothing, or nothing in it moves: it is not handed out. */
final class StillVideoException extends SvgenException {
    private static final long serialVersionUID = 1L;

    StillVideoException(String note) {
        super(note);
    }

    String note() {
        return String.valueOf(getMessage());
    }
}
