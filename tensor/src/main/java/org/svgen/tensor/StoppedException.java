package org.svgen.tensor;

/** Work that ended early because somebody asked it to, or because the JVM ends. */
public class StoppedException extends SvgenException {
    private static final long serialVersionUID = 1L;

    public StoppedException(String message) {
        super(message);
    }
}
