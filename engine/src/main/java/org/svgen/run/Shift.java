package org.svgen.run;

import java.util.OptionalDouble;
import org.svgen.pipeline.Request;
import org.svgen.schedule.Scheduler;
import org.svgen.setting.Setting;
import org.svgen.setting.Values;

/** How far a request moves the steps of a flow towards noise; for families whose schedulers can. */
public final class Shift {
    /** The setting that such families have. */
    public static final Setting<OptionalDouble> SETTING =
            Setting.of(
                    "shift",
                    Values.numbersOrAuto(0.01, 100),
                    OptionalDouble.empty(),
                    "FACTOR",
                    "How much of the run goes into the early steps, where there is most noise: larger"
                            + " videos take more, such as 3 at 480p and 5 at 720p (Wan; HunyuanVideo 7). Default: the"
                            + " model's own.");

    private Shift() {}

    /**
     * {@return the scheduler, shifted if the request asks for it}
     *
     * @param scheduler of the model
     * @param request the video to make
     */
    public static Scheduler of(Scheduler scheduler, Request request) {
        OptionalDouble shift = request.get(SETTING);
        return shift.isPresent() && scheduler.shifts()
                ? scheduler.shifted(shift.getAsDouble())
                : scheduler;
    }
}
