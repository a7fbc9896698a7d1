package org.svgen.cuda.attention;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.svgen.cuda.Cubin;
import org.svgen.cuda.EmulatedGpu;

/** Kernels of attention are launched with the tiles, threads and memory that they are made for. */
class LaunchSizesTest {
    static Stream<HopperAttention.Variant> hopper() {
        return Stream.of(HopperAttention.WIDE, HopperAttention.NARROW);
    }

    /** What the kernel that is shipped says itself. */
    @ParameterizedTest
    @MethodSource("hopper")
    void ofHopper(HopperAttention.Variant variant) throws IOException {
        assertThat(Cubin.of(HopperAttention.SOURCE, "sm_90a").ints(variant.name() + "_launch"))
                .containsExactly(
                        variant.queries(),
                        variant.keys(),
                        variant.threads(),
                        variant.sharedBytes());
    }

    static Stream<HopperAttention.Variant> hopperIn8Bits() {
        return Stream.of(HopperAttention8.WIDE, HopperAttention8.NARROW);
    }

    @ParameterizedTest
    @MethodSource("hopperIn8Bits")
    void ofHopperIn8Bits(HopperAttention.Variant variant) throws IOException {
        assertThat(Cubin.of(HopperAttention8.SOURCE, "sm_90a").ints(variant.name() + "_launch"))
                .containsExactly(
                        variant.queries(),
                        variant.keys(),
                        variant.threads(),
                        variant.sharedBytes());
    }

    static Stream<HopperAttention.Variant> hopperByBlocks() {
        return Stream.of(HopperBlockAttention.WIDE, HopperBlockAttention.NARROW);
    }

    @ParameterizedTest
    @MethodSource("hopperByBlocks")
    void ofHopperByBlocks(HopperAttention.Variant variant) throws IOException {
        assertThat(Cubin.of(HopperBlockAttention.SOURCE, "sm_90a").ints(variant.name() + "_launch"))
                .containsExactly(
                        variant.queries(),
                        variant.keys(),
                        variant.threads(),
                        variant.sharedBytes());
    }

    static Stream<TensorCoreAttention.Variant> tensorCores() {
        return Stream.of(TensorCoreAttention.WIDE, TensorCoreAttention.NARROW);
    }

    /** What its source says, compiled for the emulated GPU. */
    @ParameterizedTest
    @MethodSource("tensorCores")
    void ofTensorCores(TensorCoreAttention.Variant variant) {
        MemorySegment sizes =
                SymbolLookup.libraryLookup(Path.of(EmulatedGpu.library()), Arena.global())
                        .find(variant.name() + "_launch")
                        .orElseThrow()
                        .reinterpret(3L * Integer.BYTES);
        assertThat(sizes.toArray(ValueLayout.JAVA_INT))
                .containsExactly(variant.queries(), variant.threads(), variant.sharedBytes());
    }
}
