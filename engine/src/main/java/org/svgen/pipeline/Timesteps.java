package org.svgen.pipeline;

import java.util.List;
import org.svgen.setting.FamilySettings;
import org.svgen.setting.Setting;
import org.svgen.setting.Values;
import org.svgen.tensor.BadInputException;

/** The list of times that a run goes through, for families whose schedulers take one. */
public final class Timesteps {
    private static final int MOST = 1000;

    /** The setting that such families have. */
    public static final Setting<List<Double>> SETTING =
            Setting.of(
                    "timesteps",
                    Values.falling(Values.numbersAbove(0, MOST), MOST),
                    List.of(),
                    "LIST",
                    "The times of training, of 1000, that a run goes through, as models for few steps"
                            + " were trained: 1000,750,500,250. The shift moves them, but for sampler"
                            + " dmd, which tells them to the model. There are as many steps. Default:"
                            + " auto, none.");

    private Timesteps() {}

    /** Steps and settings of one request, which agree. */
    record Agreed(int steps, FamilySettings settings) {}

    /**
     * There are as many steps as a list has times. A list that was there before does not hold for
     * another number of steps that somebody asks for.
     *
     * @param before the settings that the request began with
     * @param said whether somebody asked for so many steps
     * @throws BadInputException if somebody asked for both, and they differ
     */
    static Agreed agreed(FamilySettings before, FamilySettings now, int steps, boolean said) {
        boolean known = before.values().containsKey(SETTING.name()); // else it is not used
        List<Double> times = known ? now.get(SETTING) : List.of();
        if (times.isEmpty()) {
            return new Agreed(steps, now);
        }
        if (!said || times.size() == steps) {
            return new Agreed(times.size(), now.with(SETTING, times)); // spelt in one way
        }
        if (before.get(SETTING).equals(times)) {
            return new Agreed(steps, now.with(SETTING, SETTING.absent()));
        }
        throw BadInputException.of(
                SETTING.rule().field(),
                "as many as there are steps, %d".formatted(steps),
                times.size());
    }
}
