package org.svgen.checkpoint.torch;

import java.util.List;
import java.util.Map;
import org.svgen.tensor.DType;

/** What a pickle of tensors is made of. */
sealed interface Value {
    /** None. */
    enum Nothing implements Value {
        NOTHING
    }

    record Text(String text) implements Value {}

    record Whole(long number) implements Value {}

    record Fraction(double number) implements Value {}

    record Flag(boolean yes) implements Value {}

    /** A list or a tuple; a list grows. */
    record Items(List<Value> items) implements Value {}

    /** A dict by texts, plain or ordered; it grows. */
    record Pairs(Map<String, Value> pairs) implements Value {}

    /** A function or a class that is known, and never called but by {@link Calls}. */
    record Name(Calls.Known known) implements Value {}

    /**
     * Numbers that tensors share.
     *
     * @param key by which the file knows them
     */
    record Storage(DType type, String key, long count) implements Value {}

    /** A view of numbers. */
    record View(Storage storage, long offset, List<Long> sizes, List<Long> strides)
            implements Value {}
}
