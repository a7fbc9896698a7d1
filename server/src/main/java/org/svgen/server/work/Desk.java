package org.svgen.server.work;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Fingerprint;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StagePlan;
import org.svgen.pipeline.TooLargeException;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.pipeline.VideoSize;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.device.Backend;

/**
 * Answers by pipelines of its own, which have no weights: they check and plan while those that have
 * them make videos.
 */
final class Desk implements ModelDesk, AutoCloseable {
    private static final int PATIENCE_SECONDS = 60; // until models are open
    private static final long SIDE_FILES = 5_000_000; // bytes: pictures and report, at most

    private final List<ModelSource> sources;
    private final Estimates estimates;
    private final long limit;
    private final DoubleSupplier busySeconds;
    private final CompletableFuture<Map<String, Entry>> opened = new CompletableFuture<>();
    private final Set<String> loaded = ConcurrentHashMap.newKeySet();
    private final Map<String, Optional<Recommended>> recommended = new ConcurrentHashMap<>();
    private final Aside aside = new Aside("svgen-desk");

    /** A run as a model recommends it. */
    private record Recommended(Request request, Plan plan) {}

    private record Entry(ModelSource source, VideoPipeline planner, ModelCard card) {}

    /**
     * @param limit bytes of the device to use at most
     * @param busySeconds until a worker is free
     */
    Desk(List<ModelSource> sources, Estimates estimates, long limit, DoubleSupplier busySeconds) {
        this.sources = List.copyOf(sources);
        this.estimates = estimates;
        this.limit = limit;
        this.busySeconds = busySeconds;
    }

    /**
     * Opens the models for questions, once.
     *
     * @param device whose plans are made
     * @param capacity bytes of it that a run could take if it were alone
     */
    synchronized void open(Backend device, LongSupplier capacity) {
        if (opened.isDone()) {
            return;
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        Backend planning = new PlanningBackend(device, capacity);
        try {
            for (ModelSource source : sources) {
                VideoPipeline planner = source.planner(planning);
                entries.put(
                        source.name(), new Entry(source, planner, Cards.of(source, planner, true)));
            }
            opened.complete(entries);
        } catch (RuntimeException e) {
            entries.values().forEach(entry -> entry.planner.close());
            throw e;
        }
    }

    void loaded(Set<String> names) {
        loaded.addAll(names);
    }

    @Override
    public List<ModelCard> models() {
        return entries().values().stream()
                .map(Entry::card)
                .map(card -> card.inMemory(loaded.contains(card.name())))
                .toList();
    }

    @Override
    public Checked check(Order order) {
        VideoPipeline model = entry(order.model()).planner;
        try (Arena arena = Arena.ofShared()) {
            Request request = Requests.of(model, order.settings(), order.pictures(), arena);
            aside.call(() -> model.plan(request, limit));
            return new Checked(
                    request.width(),
                    request.height(),
                    request.frames(),
                    request.fps(),
                    request.steps(),
                    model.unused(request),
                    Fingerprint.of(request).hash());
        }
    }

    @Override
    public Foreseen plan(Order order) {
        VideoPipeline model = entry(order.model()).planner;
        try (Arena arena = Arena.ofShared()) {
            Request request = Requests.built(model, order.settings(), order.pictures(), arena);
            try {
                Requests.check(model, request);
                Plan plan = aside.call(() -> model.plan(request, limit));
                return foreseen(order.model(), request, plan);
            } catch (TooLargeException e) {
                return tooLarge(request, e);
            }
        }
    }

    private Foreseen foreseen(String model, Request request, Plan plan) {
        Map<Stage, Span> spans = estimates.stages(model, request, plan);
        Span span = Estimates.sum(spans);
        List<Map<String, Object>> stages = new ArrayList<>();
        for (StagePlan stage : plan.stages()) {
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("stage", stage.stage().text());
            values.put("weight_bytes", stage.need().weightBytes());
            values.put("step_bytes", stage.need().stepBytes());
            values.put("device_bytes", stage.bytes());
            values.put("placement", stage.placement());
            values.put("seconds", spans.getOrDefault(stage.stage(), Span.NONE).likely());
            stages.add(values);
        }
        return new Foreseen(
                true,
                "",
                List.of(),
                plan.tokens().video(),
                OptionalDouble.of(span.likely()),
                OptionalDouble.of(span.low()),
                OptionalDouble.of(span.high()),
                plan.peakBytes(),
                diskBytes(request),
                stages);
    }

    private static Foreseen tooLarge(Request request, TooLargeException e) {
        return new Foreseen(
                false,
                Failures.line(e),
                e.fits().map(fits -> List.of(alternative(request, fits))).orElse(List.of()),
                0,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                0,
                diskBytes(request),
                List.of());
    }

    private static Alternative alternative(Request asked, Request fits) {
        Map<String, Object> settings = new LinkedHashMap<>();
        if (fits.width() != asked.width() || fits.height() != asked.height()) {
            settings.put("width", fits.width());
            settings.put("height", fits.height());
        }
        if (fits.frames() != asked.frames()) {
            settings.put("frames", fits.frames());
        }
        return new Alternative(
                "%d frames of %dx%d".formatted(fits.frames(), fits.width(), fits.height()),
                settings);
    }

    /** A video takes no more than its pixels do. */
    private static long diskBytes(Request request) {
        return Clip.bytes(request) / Float.BYTES + SIDE_FILES;
    }

    @Override
    public VideoSize nearest(String model, VideoSize wanted) {
        return new NearestSize(entry(model).planner).to(wanted);
    }

    @Override
    public OptionalDouble waitSeconds(String model, int jobsBefore) {
        VideoPipeline planner = entry(model).planner;
        double usual =
                estimates
                        .usual(model)
                        .orElseGet(() ->
                                recommended
                                        .computeIfAbsent(model, _ -> recommended(planner))
                                        .map(run -> estimates.stages(model, run.request, run.plan))
                                        .map(stages -> Estimates.sum(stages).likely())
                                        .orElse(0.0));
        return OptionalDouble.of(busySeconds.getAsDouble() + jobsBefore * usual);
    }

    /** None where it finds no room. */
    private Optional<Recommended> recommended(VideoPipeline planner) {
        try {
            Request request = Blank.request(planner);
            Plan plan = aside.call(() -> planner.plan(request, limit));
            return Optional.of(new Recommended(request, plan));
        } catch (TooLargeException e) {
            return Optional.empty();
        }
    }

    private Entry entry(String model) {
        return Optional.ofNullable(entries().get(model))
                .orElseThrow(() ->
                        new BadInputException(
                                "there is no model %s; there are %s"
                                        .formatted(model, entries().keySet())));
    }

    private Map<String, Entry> entries() {
        try {
            return opened.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new SvgenException("the models are not loaded yet", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SvgenException("interrupted while the models were loaded", e);
        } catch (ExecutionException e) {
            throw new SvgenException("the models cannot be loaded", e);
        }
    }

    @Override
    public void close() {
        aside.close();
        if (opened.isDone() && !opened.isCompletedExceptionally()) {
            opened.join().values().forEach(entry -> entry.planner.close());
        }
        opened.completeExceptionally(new SvgenException("the service stops"));
    }
}
