package org.svgen.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.svgen.cuda.ffi.CudaDriver;
import org.svgen.cuda.gpu.Device;
import org.svgen.cuda.gpu.KernelNames;
import org.svgen.cuda.product.ProductSettings;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.EmulatedDriver;

/**
 * The driver's library compiled from our kernels for the CPU (src/test/native): checks the binding,
 * the launches and what kernels compute where there is no GPU. Needs g++.
 */
public final class EmulatedGpu {
    private EmulatedGpu() {}

    /** The file of the library; built when a source is newer. */
    public static String library() {
        return EmulatedDriver.library();
    }

    static Backend open() {
        return open(KernelNames.candidates(8, 0));
    }

    /**
     * @param architectures whose kernels it seems to run
     */
    static Backend open(List<String> architectures) {
        return open(architectures, ProductSettings.own());
    }

    static Backend open(List<String> architectures, ProductSettings products) {
        return open(architectures, products, true);
    }

    /**
     * @param graphs whether kernels that come again may be started together
     */
    static Backend open(List<String> architectures, ProductSettings products, boolean graphs) {
        return open(0, architectures, products, graphs);
    }

    private static Backend open(
            int device, List<String> architectures, ProductSettings products, boolean graphs) {
        CudaDriver driver = CudaDriver.open(library());
        return CudaBackend.open(driver, Device.of(driver, device), architectures, products, graphs);
    }

    /**
     * So many GPUs of one machine, each a backend, for the caller to close.
     *
     * @param peers whether they reach each other's memory
     */
    static List<Backend> open(int count, boolean peers) {
        EmulatedDriver.devices(count, peers);
        return IntStream.range(0, count)
                .mapToObj(i -> open(i, KernelNames.candidates(8, 0), ProductSettings.own(), true))
                .toList();
    }

    /** Sets a variable of the C library's environment, which the JVM's does not share. */
    static void set(String name, int value) {
        EmulatedDriver.set(name, value);
    }

    /** How often the host has waited for the device since the library was loaded. */
    static int roundTrips() {
        return EmulatedDriver.count("svgen_round_trips");
    }

    /** How many graphs were started since the library was loaded. */
    static int graphLaunches() {
        return EmulatedDriver.count("svgen_graph_launches");
    }

    /**
     * Lets backends that are opened from now on note the launches of kernels and run none, or run
     * them again.
     */
    static void record(boolean on) {
        set("SVGEN_EMULATED_RECORD", on ? 1 : 0);
    }

    /** The kernels launched since the last call, in their order; only while they are noted. */
    static List<String> launched() {
        SymbolLookup symbols = SymbolLookup.libraryLookup(Path.of(library()), Arena.global());
        try {
            MemorySegment told =
                    (MemorySegment)
                            Linker.nativeLinker()
                                    .downcallHandle(
                                            symbols.find("svgen_launches").orElseThrow(),
                                            FunctionDescriptor.of(ValueLayout.ADDRESS))
                                    .invokeExact();
            return told.reinterpret(1 << 20).getString(0).lines().toList();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
