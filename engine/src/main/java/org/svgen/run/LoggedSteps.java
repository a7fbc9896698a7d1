package org.svgen.run;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.svgen.pipeline.Report;
import org.svgen.state.State;

/** The steps of a report, as a checkpoint keeps them. */
final class LoggedSteps {
    private static final Report.Step NONE =
            new Report.Step(
                    0,
                    0,
                    0,
                    0,
                    List.of(),
                    false,
                    OptionalDouble.empty(),
                    List.of(),
                    OptionalDouble.empty(),
                    List.of());

    private LoggedSteps() {}

    /** {@return as many as were kept} */
    static List<Report.Step> state(State state, List<Report.Step> now) {
        List<Report.Step> kept = new ArrayList<>();
        long count = state.whole("count", now.size());
        for (int i = 0; i < count; i++) {
            Report.Step step = i < now.size() ? now.get(i) : NONE;
            kept.add(state(state.part(String.valueOf(i)), step));
        }
        return kept;
    }

    private static Report.Step state(State state, Report.Step now) {
        return new Report.Step(
                (int) state.whole("index", now.index()),
                state.number("timestep", now.timestep()),
                state.number("seconds", now.seconds()),
                state.number("density", now.density()),
                state.texts("heads", now.heads()),
                state.flag("reused", now.reused()),
                state.perhaps("cache_figure", now.cacheFigure()),
                state.texts("widths", now.widths()),
                state.perhaps("error", now.error()),
                state.texts("densities", now.densities()));
    }
}
