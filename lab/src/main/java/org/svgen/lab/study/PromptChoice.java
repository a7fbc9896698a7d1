package org.svgen.lab.study;

import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/** Which prompts a study runs. */
public sealed interface PromptChoice {
    /**
     * The first of the examples that the model has.
     *
     * @param count how many; all of them if it is empty
     * @param where the study says it
     */
    record Examples(OptionalInt count, String where) implements PromptChoice {
        /** Checks that nothing is null. */
        public Examples {
            Objects.requireNonNull(count, "count");
            Objects.requireNonNull(where, "where");
        }
    }

    /**
     * These.
     *
     * @param prompts at least one
     */
    record Given(List<Prompt> prompts) implements PromptChoice {
        /** Keeps a copy. */
        public Given {
            Objects.requireNonNull(prompts, "prompts");
            prompts = List.copyOf(prompts);
        }
    }
}
