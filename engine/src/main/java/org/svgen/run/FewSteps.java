package org.svgen.run;

import java.util.List;
import java.util.Locale;
import org.svgen.pipeline.Request;
import org.svgen.schedule.Scheduler;
import org.svgen.schedule.Schedulers;
import org.svgen.setting.Setting;

/** Which rule takes the steps of a flow: the model's own, or that of models made for few steps. */
public final class FewSteps {
    /** The rules. */
    public enum Rule {
        /** As the model's scheduler says. */
        AUTO,
        /** From pure noise evenly down, then shifted, in straight lines. */
        EULER,
        /** The same steps, each to the clean sample and back by fresh noise. */
        LCM;

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
                            + " trained. Default: auto, the model's own.");

    private FewSteps() {}

    /**
     * {@return the scheduler of a request, shifted if it asks for it}
     *
     * @param scheduler of the model
     * @param request the video to make
     */
    public static Scheduler of(Scheduler scheduler, Request request) {
        return switch (request.get(SETTING)) {
            case AUTO -> Shift.of(scheduler, request);
            case EULER -> Shift.of(even(scheduler, false), request);
            case LCM -> Shift.of(even(scheduler, true), request);
        };
    }

    private static Scheduler even(Scheduler scheduler, boolean fresh) {
        return Schedulers.even(scheduler.trainTimesteps(), scheduler.shift().orElse(1), fresh);
    }
}
