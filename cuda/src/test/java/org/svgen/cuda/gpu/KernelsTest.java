package org.svgen.cuda.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The first kernel that does not refuse a call runs it. Calls are numbers here. */
class KernelsTest {
    private final List<String> done = new ArrayList<>();

    private final class Some implements Kernel<Integer> {
        private final String name;
        private final Optional<String> missing;
        private final List<Requirement<Integer>> requirements;

        @SafeVarargs
        Some(String name, Optional<String> missing, Requirement<Integer>... requirements) {
            this.name = name;
            this.missing = missing;
            this.requirements = List.of(requirements);
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Optional<String> missing() {
            return missing;
        }

        @Override
        public List<Requirement<Integer>> requirements() {
            return requirements;
        }

        @Override
        public void run(Integer call) {
            done.add(name + " " + call);
        }
    }

    private final Requirement<Integer> never =
            new Requirement<>(
                    "nothing",
                    call -> {
                        throw new AssertionError("a kernel that cannot run was asked");
                    });
    private final Kernel<Integer> absent = new Some("absent", Optional.of("no such GPU"), never);
    private final Kernel<Integer> fast =
            new Some(
                    "fast",
                    Optional.empty(),
                    new Requirement<>("even numbers", call -> call % 2 == 0),
                    new Requirement<>("numbers below 10", call -> call < 10));
    private final Kernel<Integer> plain = new Some("plain", Optional.empty());

    @Test
    void theFirstThatTakesACallRunsIt() {
        Kernels<Integer> kernels = new Kernels<>(List.of(absent, fast, plain));
        for (int call : new int[] {4, 5, 12}) {
            kernels.run(call);
        }
        assertThat(done).containsExactly("fast 4", "plain 5", "plain 12");
    }

    @Test
    void aRefusalNamesTheFirstThingThatIsNotMet() {
        assertThat(absent.refuses(4)).hasValue("no such GPU");
        assertThat(fast.refuses(4)).isEmpty();
        assertThat(fast.refuses(13)).hasValue("even numbers");
        assertThat(fast.refuses(12)).hasValue("numbers below 10");
    }

    @Test
    void theDescriptionTellsWhatEachTakesOrWhyItIsNotUsed() {
        assertThat(new Kernels<>(List.of(absent, fast, plain)).description())
                .containsExactly(
                        "absent: not used here, no such GPU",
                        "fast: takes even numbers; numbers below 10",
                        "plain: takes everything");
    }

    @Test
    void aCallIsRefusedWhereNobodyTakesIt() {
        Kernels<Integer> kernels = new Kernels<>(List.of(absent, fast));
        assertThat(kernels.refuses(4)).isEmpty();
        assertThat(kernels.refuses(12))
                .hasValue("absent: no such GPU; fast takes numbers below 10");
        assertThat(new Kernels<Integer>(List.of()).refuses(4)).hasValue("there is none");
    }

    @Test
    void aCallThatNobodyTakesIsAnErrorWithEachReason() {
        assertThatThrownBy(() -> new Kernels<>(List.of(absent, fast)).run(5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no kernel takes 5: absent: no such GPU; fast takes even numbers");
    }
}
