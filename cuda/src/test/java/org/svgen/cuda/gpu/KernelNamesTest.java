package org.svgen.cuda.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KernelNamesTest {
    @Test
    void prefersTheGpusOwnArchitectureAndEndsWithTheOneThatAllRun() {
        assertThat(KernelNames.candidates(9, 0)).containsExactly("sm_90a", "sm_90", "compute_80");
        assertThat(KernelNames.candidates(8, 6)).startsWith("sm_86a", "sm_86").contains("sm_80");
        assertThat(KernelNames.candidates(8, 6)).doesNotContain("sm_89");
        assertThat(KernelNames.candidates(12, 1)).contains("sm_120").endsWith("compute_80");
    }

    @Test
    void namesResourcesByTheirKind() {
        assertThat(KernelNames.resource("norms", "sm_80")).endsWith("norms.sm_80.cubin.gz");
        assertThat(KernelNames.resource("norms", "compute_80")).endsWith("norms.compute_80.ptx.gz");
    }
}
