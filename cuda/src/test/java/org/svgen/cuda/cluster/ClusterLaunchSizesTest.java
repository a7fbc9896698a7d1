package org.svgen.cuda.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.svgen.cuda.Cubin;

/** Kernels on clusters are launched with the tiles, threads and memory that they are made for. */
class ClusterLaunchSizesTest {
    static Arguments[] variants() {
        return new Arguments[] {
            Arguments.of(HopperAssign.SOURCE, HopperAssign.WIDE),
            Arguments.of(HopperAssign.SOURCE, HopperAssign.NARROW),
            Arguments.of(HopperErrors.SOURCE, HopperErrors.WIDE),
            Arguments.of(HopperErrors.SOURCE, HopperErrors.NARROW)
        };
    }

    /** What the kernel that is shipped says itself. */
    @ParameterizedTest
    @MethodSource("variants")
    void ofHopper(String source, HopperAssign.Variant variant) throws IOException {
        assertThat(Cubin.of(source, "sm_90a").ints(variant.name() + "_launch"))
                .containsExactly(
                        variant.rows(),
                        variant.columns(),
                        variant.threads(),
                        variant.sharedBytes());
    }
}
