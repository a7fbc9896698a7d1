package org.svgen.checkpoint.torch;

/** A file is none of torch's, or holds something else than tensors; the message says what. */
final class NotTensorsException extends Exception {
    NotTensorsException(String message) {
        super(message);
    }
}
