package org.svgen.server.http;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobRequest;
import org.svgen.server.job.JobState;
import org.svgen.server.job.NewJob;
import org.svgen.server.store.Admission;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.QueueLimits;
import org.svgen.server.wire.Body;
import org.svgen.server.wire.Problem;
import org.svgen.server.wire.Refusal;
import org.svgen.server.wire.Spool;
import org.svgen.server.wire.Wish;
import org.svgen.server.work.Live;
import org.svgen.server.work.Workers;
import org.svgen.tensor.BadInputException;

/**
 * Takes videos into the queue.
 *
 * @param closed why nothing is taken at the moment; none if all is well
 * @param webhooks refuses an address that may not be told
 */
record Creation(
        JobStore store,
        Live live,
        Workers workers,
        Jobs jobs,
        Bodies bodies,
        PictureFiles pictures,
        Orders orders,
        Plans plans,
        Views views,
        QueueLimits limits,
        IdempotencyKeys keys,
        Supplier<Optional<String>> closed,
        Consumer<URI> webhooks) {
    private static final Pattern TRACE =
            Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    /** How soon it may be worth to try again, where nothing better is known, in seconds. */
    private static final double SOON = 10;

    void create(Call call) throws IOException {
        if (call.flag("dry_run")) {
            plan(call);
        } else {
            take(call, Optional.empty());
        }
    }

    void remix(Call call) throws IOException {
        Job earlier = jobs.of(call);
        if (earlier.state() != JobState.COMPLETED) {
            throw new Refusal(Problem.value("id", "only a video that is completed can be varied"));
        }
        take(call, Optional.of(earlier));
    }

    void plan(Call call) throws IOException {
        try (Spool spool = bodies.spool()) {
            Wish wish = bodies.wish(bodies.read(call, spool));
            call.json(
                    plans.json(
                            orders.prepare(
                                    wish,
                                    Optional.empty(),
                                    pictures.load(wish, Optional.empty(), spool),
                                    false)));
        }
    }

    private void take(Call call, Optional<Job> earlier) throws IOException {
        closed.get()
                .ifPresent(why -> {
                    throw new Refusal(Problem.unavailable(why, SOON));
                });
        try (Spool spool = bodies.spool()) {
            Body body = bodies.read(call, spool);
            Decided decided = decide(call, body, spool, earlier);
            // The key is free again by now: who has the answer may send the next request with it.
            answer(call, decided.model(), decided.admission());
        }
    }

    private Decided decide(Call call, Body body, Spool spool, Optional<Job> earlier)
            throws IOException {
        String about = earlier.map(job -> job.id().value()).orElse("");
        try (IdempotencyKeys.Held held = keys.take(call, about, body)) {
            Wish wish = bodies.wish(body);
            wish.extras().webhookUrl().ifPresent(this::requireWebhook);
            Prepared prepared =
                    orders.prepare(wish, earlier, pictures.load(wish, earlier, spool), true);
            return new Decided(prepared.order().model(), admit(call, prepared, earlier, held));
        }
    }

    /** What became of a request, before anybody is told. */
    private record Decided(String model, Admission admission) {}

    private void requireWebhook(String address) {
        try {
            webhooks.accept(URI.create(address));
        } catch (BadInputException e) {
            throw new Refusal(
                    Problem.value("webhook_url", "webhook_url: " + e.text(field -> field)));
        } catch (IllegalArgumentException e) {
            throw new Refusal(Problem.value("webhook_url", "webhook_url: it is no address"));
        }
    }

    /** Files first, then the record: what is accepted is whole. */
    private Admission admit(
            Call call, Prepared prepared, Optional<Job> earlier, IdempotencyKeys.Held held)
            throws IOException {
        JobId id = JobId.random();
        Map<String, String> inputs = pictures.keep(id, prepared.order().pictures());
        boolean accepted = false;
        try {
            Admission admission =
                    store.create(
                            job(id, call, prepared, earlier, inputs), held.idempotency(), limits);
            accepted = admission instanceof Admission.Accepted;
            return admission;
        } finally {
            if (!accepted && !inputs.isEmpty()) {
                pictures.drop(id);
            }
        }
    }

    private static NewJob job(
            JobId id,
            Call call,
            Prepared prepared,
            Optional<Job> earlier,
            Map<String, String> inputs) {
        Wish.Extras extras = prepared.wish().extras();
        return new NewJob(
                id,
                new JobRequest(
                        call.caller().name(),
                        prepared.order().model(),
                        prepared.settings(),
                        inputs,
                        new JobRequest.Links(
                                earlier.map(Job::id),
                                extras.webhookUrl(),
                                Optional.of(prepared.recipeHash()).filter(h -> !h.isEmpty()),
                                call.header("traceparent")
                                        .filter(trace -> TRACE.matcher(trace).matches()))),
                extras.priority().orElse(0),
                extras.metadata().orElse(Map.of()),
                prepared.warnings());
    }

    private void answer(Call call, String model, Admission admission) {
        switch (admission) {
            case Admission.Accepted(Job job) -> {
                live.changed(job.id());
                workers.wake();
                call.json(views.json(job, call.base()));
            }
            case Admission.Replayed(Job job) -> {
                call.header("Idempotent-Replayed", "true");
                call.json(views.json(job, call.base()));
            }
            case Admission.Deleted(JobId id) ->
                    throw new Refusal(
                            Problem.deleted(
                                    "this Idempotency-Key made %s, which was deleted; another key"
                                                    .formatted(id)
                                            + " makes another video"));
            case Admission.KeyReused _ ->
                    throw new Refusal(
                            Problem.keyReused(
                                    "this Idempotency-Key was sent with another body before"));
            case Admission.QueueFull(int limit, boolean own) ->
                    throw new Refusal(
                            Problem.busy(
                                    "queue_full",
                                    own
                                            ? "this key has %d videos in the queue already"
                                                    .formatted(limit)
                                            : "the queue is full: %d videos wait".formatted(limit),
                                    plans.waitSeconds(model, 1).orElse(SOON)));
        }
    }
}
