package org.svgen.pipeline;

import java.util.List;

/** What a model does when a request leaves the choice to it. */
public record Defaults(
        int width,
        int height,
        int frames,
        double fps,
        int steps,
        double guidance,
        boolean dynamicGuidance,
        AttentionSettings attention,
        List<String> prompts) {}
