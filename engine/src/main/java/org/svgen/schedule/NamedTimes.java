package org.svgen.schedule;

import java.util.List;
import java.util.OptionalDouble;

/**
 * Shares of noise by the times that the model is told, as models distilled by distribution matching
 * (DMD) list them: 1000, 757 and 522. Each share is that of training's step, shifted, whose time is
 * the nearest (FastVideo: {@code pred_noise_to_pred_video}); the list is the shifted times,
 * rounded.
 *
 * @param trainTimesteps of training
 * @param shift of training's steps
 * @param times falling
 */
record NamedTimes(int trainTimesteps, double shift, List<Double> times) implements Shares {
    NamedTimes {
        times = List.copyOf(times);
    }

    @Override
    public double[] timesteps(int steps) {
        requireTimes(steps);
        return times.stream().mapToDouble(time -> time).toArray();
    }

    @Override
    public float[] of(int steps) {
        requireTimes(steps);
        double[] training = new double[trainTimesteps];
        for (int i = 0; i < trainTimesteps; i++) {
            training[i] = Rounding.SINGLE.of((trainTimesteps - i) / (double) trainTimesteps);
        }
        double[] shares = new FlowShift(false, factor(), 0).ofRun(training, Rounding.SINGLE);
        float[] sigmas = new float[steps + 1];
        for (int i = 0; i < steps; i++) {
            sigmas[i] = (float) nearest(shares, times.get(i));
        }
        return sigmas;
    }

    private double nearest(double[] shares, double time) {
        double best = shares[0];
        for (double share : shares) {
            if (distance(share, time) < distance(best, time)) {
                best = share;
            }
        }
        return best;
    }

    private double distance(double share, double time) {
        return Math.abs(Rounding.SINGLE.of(share * trainTimesteps) - time);
    }

    private void requireTimes(int steps) {
        GivenSigmas.requireTimes(times, steps, trainTimesteps);
    }

    @Override
    public OptionalDouble factor() {
        return OptionalDouble.of(shift);
    }

    @Override
    public Shares shifted(double factor) {
        return new NamedTimes(trainTimesteps, factor, times);
    }
}
