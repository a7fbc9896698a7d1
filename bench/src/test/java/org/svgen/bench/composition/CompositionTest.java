package org.svgen.bench.composition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.pipeline.AttentionSettings.Budget;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.CacheSettings.Kind;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.resume.Checkpoints;
import org.svgen.resume.Moment;
import org.svgen.resume.Snapshot;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.testkit.Errors;
import org.svgen.testkit.FarBackend;

/**
 * Attention, caches, precisions, streaming, few steps and checkpoints go together, or are refused.
 * All of them are some thousands of runs: here is each pair of them on some tiny model, and a
 * seeded sample of the others. What there is, is read off the code's own lists.
 */
class CompositionTest {
    private static final double DENSITY = 0.6;
    private static final int SEED = 24;
    private static final int SAMPLE = 12;

    /** What is done beside the first run. */
    private enum Again {
        SAME,
        STREAMED,
        RESUMED
    }

    private static final FarBackend BACKEND = new FarBackend(Long.MAX_VALUE);
    private static final TinyModels MODELS = new TinyModels(BACKEND);

    @TempDir Path folder;

    @AfterAll
    static void close() {
        MODELS.close();
        BACKEND.close();
    }

    private record Run(String model, Composition composition, Again again) {
        VideoPipeline pipeline() {
            return MODELS.pipeline(model, composition.precision().layers());
        }

        /** Caches skip what they may. */
        Request request(double density) {
            Request request = composition.over(MODELS.base(model), density, 1);
            double threshold =
                    switch (composition.cache()) {
                        case NONE -> 0;
                        case EASY -> 1;
                        case EVEN -> 0.4;
                        case TEA -> 1000;
                        case FBC -> 10;
                    };
            return composition.cache() == Kind.NONE
                    ? request
                    : request.toBuilder()
                            .cache(
                                    request.cache().toBuilder()
                                            .threshold(threshold)
                                            .inARow(1)
                                            .build())
                            .build();
        }

        /** Why it is refused. */
        Optional<String> refusal() {
            try {
                pipeline().check(request(DENSITY));
                return Optional.empty();
            } catch (BadInputException e) {
                return Optional.of(e.getMessage());
            }
        }
    }

    private static final List<Way> WAYS = Way.all();
    private static final List<Precision> PRECISIONS = Precision.all();
    private static final List<Pace> PACES = MODELS.paces(TinyModels.NAMES.getLast());

    private static Run run(int... levels) {
        return new Run(
                TinyModels.NAMES.get(levels[0]),
                new Composition(
                        WAYS.get(levels[1]),
                        Kind.values()[levels[2]],
                        PRECISIONS.get(levels[3]),
                        PACES.get(levels[4])),
                Again.values()[levels[5]]);
    }

    private static final int[] LEVELS = {
        TinyModels.NAMES.size(),
        WAYS.size(),
        Kind.values().length,
        PRECISIONS.size(),
        PACES.size(),
        Again.values().length
    };

    private static boolean has(Run run) {
        return MODELS.paces(run.model).contains(run.composition.pace());
    }

    private static boolean runs(int[] levels) {
        Run run = run(levels);
        return has(run) && run.refusal().isEmpty();
    }

    @Test
    void eachPairOfSettingsGoesTogetherAndGivesTheSameBitsAgainStreamedAndResumed() {
        Pairs pairs = new Pairs(LEVELS, CompositionTest::runs, SEED);
        List<Run> runs = new ArrayList<>(pairs.rows().stream().map(CompositionTest::run).toList());
        SplittableRandom random = new SplittableRandom(SEED);
        while (runs.size() < pairs.rows().size() + SAMPLE) {
            int[] levels = Arrays.stream(LEVELS).map(random::nextInt).toArray();
            if (runs(levels)) {
                runs.add(run(levels));
            }
        }
        List<String> wrong = new ArrayList<>();
        for (Run run : runs) {
            try {
                check(run);
            } catch (RuntimeException | AssertionError e) {
                wrong.add(run + ": " + e);
            }
        }
        assertThat(wrong).as("of %d runs", runs.size()).isEmpty();
        pairs.missed().forEach(CompositionTest::requireRefused);
    }

    /** Each in one line, which says what was found, before anything is loaded. */
    private static void requireRefused(Pairs.Pair pair) {
        boolean refused = false;
        for (String model : TinyModels.NAMES) {
            int[] levels = new int[LEVELS.length];
            levels[0] = TinyModels.NAMES.indexOf(model);
            levels[pair.i()] = pair.x();
            levels[pair.j()] = pair.y();
            Run run = run(levels);
            if (has(run)) {
                assertThat(run.refusal()).as("%s", run).isPresent();
                assertThat(run.refusal().orElseThrow())
                        .doesNotContain("\n")
                        .matches(".*: expected .*, found .*")
                        .matches(
                                ".*(attends in 8 bits|multiplies in 8 bits|not attended to in 8"
                                        + " bits).*");
                refused = true;
            }
        }
        // Else it is a rule for few steps that one model does not have.
        assertThat(refused || pair.i() == 0).as("%s", pair).isTrue();
    }

    private record Made(float[] latents, float[] frames, OptionalDouble kept, int reused) {
        boolean sameBits(Made other) {
            return Arrays.equals(latents, other.latents)
                    && Arrays.equals(frames, other.frames)
                    && kept.equals(other.kept)
                    && reused == other.reused;
        }
    }

    private Made make(Run run, Request request, Plan plan, Checkpoints kept, List<String> notes) {
        StepListener listener =
                new StepListener() {
                    @Override
                    public void note(String line) {
                        notes.add(line);
                    }
                };
        BACKEND.forgetPeak();
        try (Result result = run.pipeline().generate(request, plan, listener, kept)) {
            assertThat(BACKEND.memory().peak()).isLessThanOrEqualTo(plan.peakBytes());
            return new Made(
                    result.latents().toFloats(),
                    result.clip().frames().toFloats(),
                    result.report().sparseDensity(),
                    result.report().reusedSteps());
        }
    }

    private void check(Run run) {
        Request request = run.request(DENSITY);
        Plan plan = run.pipeline().plan(request, Long.MAX_VALUE);
        Path file = folder.resolve("checkpoint");
        List<String> notes = new ArrayList<>();
        if (run.again == Again.RESUMED && HASHED.add(run.pipeline())) {
            make(run, request, plan, Checkpoints.NONE, notes); // from here on its hash is known
        }
        Checkpoints behindTwo = run.again == Again.RESUMED ? new BehindTwo(file) : Checkpoints.NONE;
        Made made = make(run, request, plan, behindTwo, notes);
        for (float value : made.latents) {
            assertThat(value).isFinite();
        }
        Made second =
                switch (run.again) {
                    case SAME -> make(run, request, plan, Checkpoints.NONE, notes);
                    case STREAMED ->
                            make(run, request, TinyModels.streamed(plan), Checkpoints.NONE, notes);
                    case RESUMED -> make(run, request, plan, new From(file), notes);
                };
        assertThat(second.sameBits(made)).as("same bits").isTrue();
        requireDensity(run, made, notes);
    }

    private static final Set<VideoPipeline> HASHED = new HashSet<>();

    /** What was kept is what was asked for, or a note says what cannot be. */
    private static void requireDensity(Run run, Made made, List<String> notes) {
        if (run.model.startsWith("hunyuan")) {
            return; // whose text and its padding are most of so few tokens
        }
        boolean dense = run.composition.way().mode() == Mode.DENSE;
        // Of few steps, the warm-up, what pab hands on and what a cache skips may be all.
        boolean none = run.composition.way().mode() == Mode.PAB && made.reused > 0;
        // Steps that snr gives more may be those that are skipped.
        boolean uneven = run.composition.way().budget() == Budget.SNR && made.reused > 0;
        if (made.kept.isEmpty()) {
            assertThat(
                            dense
                                    || none
                                    || notes.stream()
                                            .anyMatch(n -> n.startsWith("attention is dense in")))
                    .as("no sparse call")
                    .isTrue();
        } else if (notes.stream().noneMatch(n -> n.contains("density") || n.contains("cannot"))) {
            assertThat(made.kept.getAsDouble()).isCloseTo(DENSITY, within(uneven ? 0.15 : 0.1));
        }
    }

    private record BehindTwo(Path file) implements Checkpoints {
        @Override
        public boolean wants(Moment moment) {
            return moment.done() == 2;
        }

        @Override
        public void take(Snapshot snapshot) {
            snapshot.write(file, Map.of());
        }
    }

    private record From(Path file) implements Checkpoints {
        @Override
        public Optional<Path> from() {
            return Optional.of(file);
        }
    }

    @Test
    void allPairsAreWhatDenseAttentionIs() {
        Map<String, Made> dense = new HashMap<>();
        List<String> wrong = new ArrayList<>();
        for (Way way : WAYS) {
            if (way.mode() == Mode.SVG_OFFICIAL) {
                continue; // whose masks leave something out in any case, which a note says
            }
            for (String model : TinyModels.NAMES) {
                for (DType layers : List.of(DType.F32, DType.BF16)) {
                    Precision precision =
                            PRECISIONS.stream()
                                    .filter(p -> p.layers() == layers)
                                    .findFirst()
                                    .orElseThrow();
                    Run run =
                            new Run(
                                    model,
                                    new Composition(way, Kind.NONE, precision, Pace.MANY),
                                    Again.SAME);
                    Request request = run.request(1);
                    Made made =
                            make(
                                    run,
                                    request,
                                    run.pipeline().plan(request, Long.MAX_VALUE),
                                    Checkpoints.NONE,
                                    new ArrayList<>());
                    float[] expected = dense.computeIfAbsent(model + layers, key -> made).latents;
                    double error = Errors.relative(made.latents, expected);
                    if (!(error < (layers == DType.F32 ? 1e-4 : 3e-2))) {
                        wrong.add("%s of %s in %s: %s".formatted(way, model, layers, error));
                    }
                    if (!model.startsWith("hunyuan") && made.kept.orElse(1) < 1) {
                        wrong.add("%s of %s keeps %s".formatted(way, model, made.kept));
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }
}
