package org.svgen.schedule;

import java.util.OptionalDouble;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.device.Workspace;

/** A rule for going from pure noise to a sample. Immutable; a run's state is in its sampler. */
public interface Scheduler {
    /** {@return the most steps that a run can have} */
    int trainTimesteps();

    /**
     * {@return what the model is told at each of {@code steps} steps, in order}
     *
     * @param steps number of steps of the run
     * @throws BadInputException if this scheduler cannot take that many steps
     */
    double[] timesteps(int steps);

    /** {@return the standard deviation that the initial noise must have} */
    default float initialNoise() {
        return 1;
    }

    /**
     * {@return whether {@link #shifted} changes anything: CogVideoX's schedulers have no flow to
     * shift}
     */
    default boolean shifts() {
        return false;
    }

    /**
     * {@return the flow shift; none if this rule has none, or leaves it to each run, which then
     * must say one by {@link #shifted}}
     */
    default OptionalDouble shift() {
        return OptionalDouble.empty();
    }

    /**
     * {@return this rule with another flow shift, or itself if it has none}
     *
     * @param shift above 0: {@code s' = shift s / (1 + (shift - 1) s)} for each share of noise
     */
    default Scheduler shifted(double shift) {
        return this;
    }

    /**
     * {@return how the model's output of a step tells the sample without noise}
     *
     * @param steps number of steps of the run
     * @param index of the step, from 0
     */
    CleanSample cleanSample(int steps, int index);

    /**
     * {@return what the sample of a step consists of}
     *
     * @param steps number of steps of the run
     * @param index of the step, from 0; {@code steps} is behind the last
     */
    NoiseLevel noise(int steps, int index);

    /**
     * {@return by how much an error of a step's model output moves the next sample, as a share of
     * the signal in it: {@code |d x' / d output| / signal'} of {@code x' = signal' * clean + noise'
     * * normal}, with the clean sample and the noise that the output tells} Steps that are taken by
     * more than one output count as if they were taken by their own.
     *
     * @param steps number of steps of the run
     * @param index of the step, from 0
     */
    default double outputShare(int steps, int index) {
        NoiseLevel now = noise(steps, index);
        NoiseLevel next = noise(steps, index + 1);
        double ofClean = next.signal() - next.noise() * now.signal() / now.noise();
        return Math.abs(ofClean * cleanSample(steps, index).ofOutput() / next.signal());
    }

    /**
     * Begins a run.
     *
     * @param workspace gives the sampler's memory, which lives as long as the enclosing scope
     * @param steps number of steps of the run
     * @param elements of the sample
     * @return what takes the steps
     */
    Sampler begin(Workspace workspace, int steps, long elements);
}
