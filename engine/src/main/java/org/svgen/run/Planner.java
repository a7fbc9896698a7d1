package org.svgen.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.svgen.pipeline.Fields;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Plan.Tokens;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Rules;
import org.svgen.pipeline.StageNeed;
import org.svgen.pipeline.StagePlan;
import org.svgen.pipeline.TooLargeException;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Message;
import org.svgen.tensor.device.Backend;

/** Makes a plan of what a rehearsal found, or says what else would fit. */
public final class Planner {
    private final Backend backend;
    private final long limit;
    private final Budget budget;
    private final Consumer<Request> check;
    private final Function<Request, Draft> rehearsal;

    /**
     * A request played through.
     *
     * @param needs of each stage, in their order
     * @param tokens in a forward pass of the model
     * @param resultBytes of host memory for frames and latents
     * @param skips denoising steps that a cache will skip
     */
    public record Draft(List<StageNeed> needs, Tokens tokens, long resultBytes, Plan.Skips skips) {}

    /**
     * Plans for a device.
     *
     * @param backend computes
     * @param limit bytes; {@link Long#MAX_VALUE} for all there are
     * @param held bytes that earlier runs left on the device, which can be freed
     * @param check throws {@link BadInputException} if the model cannot make such a video
     * @param rehearsal plays a request through that passed the check
     */
    public Planner(
            Backend backend,
            long limit,
            long held,
            Consumer<Request> check,
            Function<Request, Draft> rehearsal) {
        this.backend = backend;
        this.limit = limit;
        this.budget = Budget.of(backend, limit, held);
        this.check = check;
        this.rehearsal = rehearsal;
    }

    /**
     * Plans a run.
     *
     * @param request the video to make
     * @return the plan
     * @throws BadInputException if the request cannot be run here, naming what could
     */
    public Plan plan(Request request) {
        check.accept(request);
        Draft draft = rehearsal.apply(request);
        List<StagePlan> stages = new ArrayList<>();
        for (StageNeed need : draft.needs) {
            stages.add(budget.fit(need).orElseThrow(() -> tooLarge(request, need)));
        }
        return new Plan(
                backend.name(),
                budget.bytes(),
                stages,
                draft.tokens,
                draft.resultBytes,
                draft.skips);
    }

    private BadInputException tooLarge(Request request, StageNeed need) {
        Message has =
                limit <= budget.bytes()
                        ? Message.of("%s allows %s", Fields.MEMORY_LIMIT, size(limit))
                        : Message.of("%s are free", size(budget.bytes()));
        Optional<Request> fits = whatFits(request);
        return new TooLargeException(
                Message.of(
                        "%d frames of %dx%d need at least %s on %s (%s), %s; %s",
                        request.frames(),
                        request.width(),
                        request.height(),
                        size(least(need)),
                        backend.name(),
                        need.stage().text(),
                        has,
                        fits.map(r -> Message.of("what would fit: %s", fitting(r, request)))
                                .orElse(Message.plain("no smaller video would fit either"))),
                fits.orElse(null));
    }

    /** Rounded up, so that as much as is said is enough. */
    private long least(StageNeed need) {
        long least = budget.least(need);
        return least + (least < 1_000_000_000 ? 50_000 : 50_000_000);
    }

    /** {@code 1500 bytes}, {@code 145.2 MB}, {@code 9.3 GB}. */
    static String size(long bytes) {
        if (bytes < 100_000) {
            return bytes + " bytes";
        }
        return bytes < 1_000_000_000
                ? "%.1f MB".formatted(bytes / 1e6)
                : "%.1f GB".formatted(bytes / 1e9);
    }

    private static Message fitting(Request fits, Request asked) {
        Message size =
                Message.of(
                        "%s %d %s %d",
                        Rules.WIDTH.field(), fits.width(), Rules.HEIGHT.field(), fits.height());
        Message frames = Message.of("%s %d", Rules.FRAMES.field(), fits.frames());
        if (fits.frames() == asked.frames()) {
            return size;
        }
        return fits.width() == asked.width() ? frames : Message.of("%s %s", size, frames);
    }

    /** A shorter video, else a smaller one, else both. */
    private Optional<Request> whatFits(Request r) {
        Optional<Request> shorter = largest(shorter(r));
        if (shorter.isPresent() && 3 * shorter.get().frames() >= r.frames()) {
            return shorter;
        }
        Optional<Request> smaller = largest(smaller(r));
        return smaller.isPresent() ? smaller : shorter.or(() -> largest(smaller(shortest(r))));
    }

    private Request shortest(Request r) {
        List<Request> all = shorter(r);
        return all.isEmpty() ? r : all.getFirst();
    }

    /** Possible requests of fewer frames, the shortest first. */
    private List<Request> shorter(Request r) {
        List<Request> possible = new ArrayList<>();
        for (int frames = 1; frames < r.frames(); frames++) {
            Request candidate = r.toBuilder().frames(frames).build();
            if (frames % 4 == 1 && possible(candidate)) {
                possible.add(candidate);
            }
        }
        return possible;
    }

    /** Possible requests of about the same shape, the smallest first. */
    private List<Request> smaller(Request r) {
        List<Request> possible = new ArrayList<>();
        for (int height = 16; height < r.height(); height += 16) {
            int width = Math.round((float) r.width() * height / r.height() / 16) * 16;
            Request candidate = r.toBuilder().size(Math.max(16, width), height).build();
            if (possible(candidate)) {
                possible.add(candidate);
            }
        }
        return possible;
    }

    private boolean possible(Request candidate) {
        try {
            check.accept(candidate);
            return true;
        } catch (BadInputException e) {
            return false;
        }
    }

    /** The last that fits of requests that grow. */
    private Optional<Request> largest(List<Request> growing) {
        int low = 0; // fits below
        int high = growing.size();
        while (low < high) {
            int middle = (low + high) / 2;
            if (fits(growing.get(middle))) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == 0 ? Optional.empty() : Optional.of(growing.get(low - 1));
    }

    private boolean fits(Request candidate) {
        return rehearsal.apply(candidate).needs.stream()
                .allMatch(need -> budget.fit(need).isPresent());
    }
}
