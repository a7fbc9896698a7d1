package org.svgen.resume;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.BadInputException;

/**
 * A run cannot go on from a checkpoint: it is missing or damaged, or was written by another
 * version, of another model or request, or on another device. The run can begin again without it.
 */
public final class CheckpointException extends BadInputException {
    private static final long serialVersionUID = 1L;

    private final List<String> reasons;

    CheckpointException(Path file, String reason) {
        this(file, List.of(reason), null);
    }

    CheckpointException(Path file, List<String> reasons, @Nullable Throwable cause) {
        super("cannot go on from %s: %s".formatted(file, String.join("; ", reasons)), cause);
        this.reasons = List.copyOf(reasons);
    }

    /** {@return why, such as {@code steps: expected 50, found 40}; at least one} */
    public List<String> reasons() {
        return reasons;
    }
}
