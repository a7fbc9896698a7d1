package org.svgen.server.work;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.svgen.forecast.Forecast;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.tensor.StoppedException;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.device.Backend;

/**
 * Finds out how long the models of an idle device take, before any of them made a video: it
 * measures their operations for some seconds, and makes way for the first job that comes.
 */
final class Foresight {
    /** A service that was just started may have a job in a moment. */
    static final Duration IDLE = Duration.ofSeconds(10);

    private final Estimates estimates;
    private final Consumer<String> log;
    private final ModelShelf shelf;
    private final Backend device;
    private final Duration least;
    private final Set<String> done = new HashSet<>();
    private long idleSince = System.nanoTime();

    /**
     * @param estimates hear of it
     * @param log gets a line about what cannot be measured
     * @param shelf of the device
     * @param least how long the device must have had nothing to do
     */
    Foresight(
            Estimates estimates,
            Consumer<String> log,
            ModelShelf shelf,
            Backend device,
            Duration least) {
        this.estimates = estimates;
        this.log = log;
        this.shelf = shelf;
        this.device = device;
        this.least = least;
    }

    /** The device has done something else. */
    void busy() {
        idleSince = System.nanoTime();
    }

    /**
     * The device has nothing to do: measures for one model, if it is so for long enough.
     *
     * @param over ends it
     */
    void idle(BooleanSupplier over) {
        if (System.nanoTime() - idleSince < least.toNanos()) {
            return;
        }
        Optional<String> next =
                shelf.names().stream().filter(name -> !done.contains(name)).sorted().findFirst();
        next.ifPresent(name -> {
            try {
                measure(name, over);
                done.add(name);
            } catch (StoppedException e) {
                // Once more when the device has nothing to do again.
            } catch (SvgenException e) {
                done.add(name);
                log.accept("%s: no forecast: %s".formatted(name, Failures.line(e)));
            }
        });
    }

    /** Of a video as the model recommends it, unless that is known. */
    private void measure(String name, BooleanSupplier over) {
        Request request = Blank.request(shelf.use(name));
        Plan plan = shelf.plan(name, request, Long.MAX_VALUE);
        if (estimates.known(name, request, plan)) {
            return;
        }
        StepListener listener =
                new StepListener() {
                    @Override
                    public boolean cancelled() {
                        return over.getAsBoolean();
                    }
                };
        Map<Stage, Double> seconds = Forecast.seconds(plan, device, listener);
        estimates.foreseen(name, request, plan, seconds);
    }
}
