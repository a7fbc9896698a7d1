package org.svgen.server.wire;

import java.util.Objects;

/** A request is not done; the client is told why. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What the client is told. */
    private final transient Problem problem;

    /**
     * Ends a request.
     *
     * @param problem what the client is told
     */
    public Refusal(Problem problem) {
        // Made for each bad request, so without a stack, which nobody reads.
        super(Objects.requireNonNull(problem, "problem").message(), null, false, false);
        this.problem = problem;
    }

    /** {@return what the client is told} */
    public Problem problem() {
        return problem;
    }
}
