package org.svgen.schedule;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.BadInputException;

/** The schedulers by the names that checkpoints give them. */
public final class Schedulers {
    private static final String DDIM = "CogVideoXDDIMScheduler";
    private static final String DPM = "CogVideoXDPMScheduler";
    private static final String FLOW = "FlowMatchEulerDiscreteScheduler";

    private static final String LCM = "FlowMatchLCMScheduler";
    private static final String UNIPC = "UniPCMultistepScheduler";

    /** All of them. */
    public static final List<String> CLASSES = List.of(DDIM, DPM, FLOW, LCM, UNIPC);

    private Schedulers() {}

    /**
     * {@return the scheduler that {@code config} describes}
     *
     * @param config a scheduler_config.json
     * @throws BadInputException if its class is unknown or a value cannot be used
     */
    public static Scheduler load(Config config) {
        return load(config, Optional.empty());
    }

    /**
     * {@return the scheduler that {@code config} describes, for a pipeline that gives it the shares
     * of noise of its steps; schedulers that know no such shares choose their own steps}
     *
     * @param config a scheduler_config.json
     * @param given what the pipeline gives
     * @throws BadInputException if its class is unknown or a value cannot be used
     */
    public static Scheduler load(Config config, GivenSigmas given) {
        return load(config, Optional.of(given));
    }

    /**
     * {@return Euler's method from pure noise, as models for few steps were trained}
     *
     * @param trainTimesteps of training
     * @param shift moves the steps
     * @param given the share of noise before each step, before it is shifted
     * @param fresh whether each step goes to the clean sample, and back by fresh noise
     */
    public static Scheduler few(
            int trainTimesteps, double shift, GivenSigmas given, boolean fresh) {
        return new FlowMatchEuler(
                new FlowSigmas(
                        trainTimesteps,
                        Optional.of(given),
                        new FlowShift(false, OptionalDouble.of(shift), 0),
                        SigmaCurve.SHIFTED,
                        false),
                fresh);
    }

    /**
     * {@return the rule of models that were distilled by distribution matching (DMD): each step
     * goes to the clean sample, and back by fresh noise}
     *
     * @param trainTimesteps of training
     * @param shift of training
     * @param times that the model is told, falling; a run has as many steps
     */
    public static Scheduler distributionMatching(
            int trainTimesteps, double shift, List<Double> times) {
        return new FlowMatchEuler(new NamedTimes(trainTimesteps, shift, times), true);
    }

    private static Scheduler load(Config config, Optional<GivenSigmas> given) {
        return switch (config.requireClass(CLASSES)) {
            case DDIM -> new CogVideoXDdim(CogVideoXDiffusion.load(config));
            case DPM -> new CogVideoXDpm(CogVideoXDiffusion.load(config));
            case FLOW -> FlowMatchEuler.load(config, given);
            case LCM -> FlowMatchEuler.withFreshNoise(config, given);
            case UNIPC -> UniPc.load(config, given);
            default -> throw new AssertionError();
        };
    }
}
