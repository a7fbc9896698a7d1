package org.svgen.cli.batch;

import java.util.List;
import org.svgen.tensor.BadInputException;

/** Several values of a batch file are wrong; {@link #lines} has a line for each. */
public final class WrongRowsException extends BadInputException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // a list of texts, and of those that can be written
    private final List<String> lines;

    WrongRowsException(String message, List<String> lines) {
        super(message);
        this.lines = List.copyOf(lines);
    }

    /** {@return what is wrong, a line for each place, as far as they are told} */
    public List<String> lines() {
        return lines;
    }
}
