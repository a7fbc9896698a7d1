package org.svgen.bench.composition;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.svgen.pipeline.RequestBuilder;
import org.svgen.pipeline.Timesteps;
import org.svgen.run.FewSteps;
import org.svgen.setting.FamilySettings;

/**
 * How many steps a run takes, and by which rule.
 *
 * @param name for people
 * @param few whether it takes few
 * @param sampler of few steps
 * @param times that it goes through; empty leaves them to the rule
 */
public record Pace(String name, boolean few, FewSteps.Rule sampler, List<Double> times) {
    /** As many steps as the model is made for. */
    public static final Pace MANY = new Pace("many steps", false, FewSteps.Rule.AUTO, List.of());

    /** How many a list of times has, and so each run of few steps. */
    public static final int FEW = 4;

    private static final List<Double> LIST = List.of(1000.0, 750.0, 500.0, 250.0);

    /** Checks that nothing is null. */
    public Pace {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(sampler, "sampler");
        times = List.copyOf(times);
    }

    /**
     * {@return all that a model has: many steps, few by its own rule, and few by each rule for few
     * steps, by a list of times where it takes one}
     *
     * @param settings that the model has
     */
    public static List<Pace> all(FamilySettings settings) {
        List<Pace> all = new ArrayList<>(List.of(MANY));
        all.add(new Pace(FEW + " steps", true, FewSteps.Rule.AUTO, List.of()));
        if (settings.values().containsKey(FewSteps.SETTING.name())) {
            for (FewSteps.Rule rule : FewSteps.Rule.values()) {
                boolean list = rule == FewSteps.Rule.AUTO || rule == FewSteps.Rule.DMD;
                all.add(
                        new Pace(
                                FEW + " steps, " + rule + (list ? ", a list" : ""),
                                true,
                                rule,
                                list ? LIST : List.of()));
            }
        }
        return List.copyOf(all);
    }

    /** Says so in a request. */
    void addTo(RequestBuilder request) {
        if (few) {
            request.steps(FEW);
        }
        if (sampler != FewSteps.Rule.AUTO) {
            request.set(FewSteps.SETTING, sampler);
        }
        if (!times.isEmpty()) {
            request.set(Timesteps.SETTING, times);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
