package org.svgen.vae;

/** By how much a layer enlarges or reduces frames in time and in space. */
public record VaeScale(int time, int space) {
    /** Leaves frames as they are. */
    public static final VaeScale NONE = new VaeScale(1, 1);
}
