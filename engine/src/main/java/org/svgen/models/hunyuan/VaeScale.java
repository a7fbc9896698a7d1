package org.svgen.models.hunyuan;

/** By how much a layer enlarges or reduces frames in time and in space. */
record VaeScale(int time, int space) {
    boolean changes() {
        return time > 1 || space > 1;
    }
}
