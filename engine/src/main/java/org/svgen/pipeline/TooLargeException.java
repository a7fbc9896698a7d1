package org.svgen.pipeline;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Message;

/** A video that finds no room on its device, whatever is streamed. */
public final class TooLargeException extends BadInputException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable Request fits;

    /**
     * A video that finds no room.
     *
     * @param message what it needs, what there is, and what would fit
     * @param fits a smaller video that would; none if none does
     */
    public TooLargeException(Message message, @Nullable Request fits) {
        super(message);
        this.fits = fits;
    }

    /** {@return a smaller or shorter video of the same content that would fit, if one does} */
    public Optional<Request> fits() {
        return Optional.ofNullable(fits);
    }
}
