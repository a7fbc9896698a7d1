package org.svgen.cuda.gpu;

import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What a kernel asks of a call.
 *
 * @param text for people, behind <i>takes</i>: {@code heads of 64 or 128 channels}
 * @param met whether a call has it
 */
public record Requirement<C>(String text, Predicate<? super C> met) {
    /** The same, asked of what {@code part} makes of another kind of call. */
    public <D> Requirement<D> of(Function<? super D, ? extends C> part) {
        return new Requirement<>(text, call -> met.test(part.apply(call)));
    }
}
