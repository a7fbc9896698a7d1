package org.svgen.guidance;

import org.svgen.state.State;

/**
 * Adaptive projected guidance: differences of steps add up by a momentum, are cut to a length, and
 * lose most of what lies along the prompted prediction (diffusers: {@code
 * AdaptiveProjectedGuidance}, {@code AdaptiveProjectedMixGuidance}).
 */
final class Projected implements Guider {
    private final GuiderRules rules;
    private final GuiderRules.Projection projection;
    private float[] running = new float[0]; // the differences so far

    Projected(GuiderRules rules) {
        this.rules = rules;
        this.projection = rules.projection();
    }

    @Override
    public float[] join(int step, int steps, float[] prompted, float[] plain) {
        if (step == 0) {
            running = new float[0];
        }
        return Predictions.rescaled(rules, guided(step, steps, prompted, plain), prompted);
    }

    private float[] guided(int step, int steps, float[] prompted, float[] plain) {
        if (!rules.guides(step, steps)) {
            return prompted.clone();
        }
        boolean projects = rules.projects(step, steps);
        if (!projects && rules.kind() == GuiderRules.Kind.PROJECTED) {
            return prompted.clone();
        }
        float[] difference = difference(prompted, plain);
        return projects
                ? projected(difference, prompted, plain)
                : Predictions.guided(rules, rules.scale(), prompted, plain);
    }

    /** That of the step, with what momentum keeps of those before. */
    private float[] difference(float[] prompted, float[] plain) {
        float[] difference = Predictions.sum(1, prompted, -1, plain);
        if (projection.momentum().isEmpty()) {
            return difference;
        }
        running =
                running.length == 0
                        ? difference
                        : Predictions.sum(
                                1, difference, projection.momentum().getAsDouble(), running);
        return running;
    }

    private float[] projected(float[] difference, float[] prompted, float[] plain) {
        double norm = Math.sqrt(Predictions.dot(difference, difference));
        boolean isLong = projection.longest() > 0 && norm > projection.longest();
        double cut = isLong ? projection.longest() / norm : 1;
        double square = Predictions.dot(prompted, prompted);
        double along = square == 0 ? 0 : Predictions.dot(difference, prompted) / square;
        float[] update =
                Predictions.sum(cut, difference, cut * along * (projection.eta() - 1), prompted);
        return Predictions.sum(1, rules.original() ? prompted : plain, projection.scale(), update);
    }

    @Override
    public void state(State state) {
        double[] now = new double[running.length];
        for (int i = 0; i < now.length; i++) {
            now[i] = running[i];
        }
        double[] kept = state.numbers("running", now);
        running = new float[kept.length];
        for (int i = 0; i < kept.length; i++) {
            running[i] = (float) kept[i];
        }
    }
}
