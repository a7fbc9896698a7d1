package org.svgen.pipeline;

import java.util.List;
import java.util.Objects;

/**
 * How a run will go, known before anything is loaded.
 *
 * @param device whose memory is planned
 * @param limitBytes of that memory that may be taken
 * @param stages in their order
 * @param tokens of one attention call
 * @param resultBytes of host memory for frames and latents
 * @param skips denoising steps that a cache will skip
 */
public record Plan(
        String device,
        long limitBytes,
        List<StagePlan> stages,
        Tokens tokens,
        long resultBytes,
        Skips skips) {
    /** Keeps a copy of the stages. */
    public Plan {
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(stages, "stages");
        Objects.requireNonNull(tokens, "tokens");
        Objects.requireNonNull(skips, "skips");
        stages = List.copyOf(stages);
    }

    /**
     * Sizes of a forward pass.
     *
     * @param video size of the video
     * @param text of the prompt, padding included
     * @param branches batch elements: 2 with classifier-free guidance
     */
    public record Tokens(int video, int text, int branches) {}

    /**
     * How many denoising steps a cache will skip. The work of the plan is that of a run that skips
     * the least.
     *
     * @param least known beforehand
     * @param most that the settings allow
     */
    public record Skips(int least, int most) {
        /** Without a cache. */
        public static final Skips NONE = new Skips(0, 0);

        /** {@return whether how long the run takes depends on what it shows} */
        public boolean depends() {
            return least < most;
        }
    }

    /** {@return the most bytes of the device that are in use at once} */
    public long peakBytes() {
        return stages.stream().mapToLong(StagePlan::bytes).max().orElse(0);
    }

    /** {@return bytes of step memory at most} */
    public long workspaceBytes() {
        return stages.stream().mapToLong(s -> s.need().workspaceBytes()).max().orElse(0);
    }

    /**
     * {@return the plan of a stage that the run has}
     *
     * @param stage the stage
     */
    public StagePlan stage(Stage stage) {
        return stages.stream().filter(s -> s.stage().equals(stage)).findFirst().orElseThrow();
    }
}
