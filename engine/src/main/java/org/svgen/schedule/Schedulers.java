package org.svgen.schedule;

import java.util.List;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.BadInputException;

/** The schedulers by the names that checkpoints give them. */
public final class Schedulers {
    private static final String DDIM = "CogVideoXDDIMScheduler";
    private static final String DPM = "CogVideoXDPMScheduler";
    private static final String FLOW = "FlowMatchEulerDiscreteScheduler";

    /** All of them. */
    public static final List<String> CLASSES = List.of(DDIM, DPM, FLOW);

    private Schedulers() {}

    /**
     * {@return the scheduler that {@code config} (a scheduler_config.json) describes}
     *
     * @param config a scheduler_config.json
     * @throws BadInputException if its class is unknown or a value cannot be used
     */
    public static Scheduler load(Config config) {
        return switch (config.requireClass(CLASSES)) {
            case DDIM -> new CogVideoXDdim(CogVideoXDiffusion.load(config));
            case DPM -> new CogVideoXDpm(CogVideoXDiffusion.load(config));
            case FLOW -> FlowMatchEuler.load(config);
            default -> throw new AssertionError();
        };
    }
}
