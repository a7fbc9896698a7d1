package org.svgen.run;

import java.util.List;
import java.util.Locale;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Timesteps;
import org.svgen.schedule.GivenSigmas;
import org.svgen.schedule.Scheduler;
import org.svgen.schedule.Schedulers;
import org.svgen.setting.Setting;
import org.svgen.tensor.BadInputException;

/** Which rule takes the steps of a flow: the model's own, or that of models made for few steps. */
public final class FewSteps {
    /** The rules. */
    public enum Rule {
        /** As the model's scheduler says. */
        AUTO,
        /** From pure noise evenly down, then shifted, in straight lines. */
        EULER,
        /** The same steps, each to the clean sample and back by fresh noise. */
        LCM,
        /** Like that, by a list of the times that the model is told. */
        DMD;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The setting that families of flow matching have. */
    public static final Setting<Rule> SETTING =
            Setting.choice(
                    "sampler",
                    List.of(Rule.values()),
                    Rule.AUTO,
                    "How steps are taken: euler and lcm (with fresh noise at each step) begin at pure"
                            + " noise and go evenly down, as models and adapters for few steps were"
                            + " trained; dmd is lcm by a list of times that the model is told"
                            + " (FastWan). Default: auto, the model's own, or euler for a list.");

    private FewSteps() {}

    /**
     * {@return the scheduler of a request, shifted if it asks for it}
     *
     * @param scheduler of the model
     * @param request the video to make
     * @throws BadInputException if the list of times is missing or does not fit
     */
    public static Scheduler of(Scheduler scheduler, Request request) {
        List<Double> times = request.get(Timesteps.SETTING);
        return switch (request.get(SETTING)) {
            case AUTO ->
                    Shift.of(times.isEmpty() ? scheduler : few(scheduler, times, false), request);
            case EULER -> Shift.of(few(scheduler, times, false), request);
            case LCM -> Shift.of(few(scheduler, times, true), request);
            case DMD -> Shift.of(dmd(scheduler, times), request);
        };
    }

    private static Scheduler few(Scheduler scheduler, List<Double> times, boolean fresh) {
        int train = scheduler.trainTimesteps();
        GivenSigmas given = times.isEmpty() ? GivenSigmas.even() : GivenSigmas.of(times, train);
        return Schedulers.few(train, scheduler.shift().orElse(1), given, fresh);
    }

    private static Scheduler dmd(Scheduler scheduler, List<Double> times) {
        if (times.isEmpty()) {
            throw BadInputException.of(
                    Timesteps.SETTING.rule().field(),
                    "a list such as 1000,757,522, which sampler dmd goes by",
                    "auto");
        }
        return Schedulers.distributionMatching(
                scheduler.trainTimesteps(), scheduler.shift().orElse(1), times);
    }
}
