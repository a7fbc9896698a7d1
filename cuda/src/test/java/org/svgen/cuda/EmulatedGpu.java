package org.svgen.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.svgen.cuda.ffi.CudaDriver;
import org.svgen.cuda.gpu.Device;
import org.svgen.cuda.gpu.KernelNames;
import org.svgen.cuda.product.ProductSettings;
import org.svgen.tensor.device.Backend;

/**
 * The driver's library compiled from our kernels for the CPU (src/test/native): checks the binding,
 * the launches and what kernels compute where there is no GPU. Needs g++.
 */
public final class EmulatedGpu {
    private static final Path LIBRARY = Path.of("target/emulator/libcuda.so").toAbsolutePath();

    private EmulatedGpu() {}

    /** The file of the library; built when a source is newer. */
    public static synchronized String library() {
        try {
            if (!upToDate()) {
                assumeTrue(canCompile(), "g++ is not installed");
                Process build =
                        new ProcessBuilder(
                                        "bash",
                                        "src/test/native/build.sh",
                                        "src/main/cuda",
                                        LIBRARY.toString())
                                .redirectErrorStream(true)
                                .start();
                String output = new String(build.getInputStream().readAllBytes());
                assertThat(build.waitFor(5, TimeUnit.MINUTES)).isTrue();
                assertThat(build.exitValue()).as(output).isZero();
            }
            return LIBRARY.toString();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
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
        set("SVGEN_EMULATED_DEVICES", count);
        set("SVGEN_EMULATED_PEERS", peers ? 1 : 0);
        return IntStream.range(0, count)
                .mapToObj(i -> open(i, KernelNames.candidates(8, 0), ProductSettings.own(), true))
                .toList();
    }

    /** How many copies between GPUs went directly since the library was loaded. */
    static int directCopies() {
        return count("svgen_direct_copies");
    }

    /** How many copies between GPUs went through host memory. */
    static int stagedCopies() {
        return count("svgen_staged_copies");
    }

    /** Sets a variable of the C library's environment, which the JVM's does not share. */
    static void set(String name, int value) {
        Linker linker = Linker.nativeLinker();
        MethodHandle setenv =
                linker.downcallHandle(
                        linker.defaultLookup().find("setenv").orElseThrow(),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            int result =
                    (int)
                            setenv.invokeExact(
                                    arena.allocateFrom(name),
                                    arena.allocateFrom(Integer.toString(value)),
                                    1);
            assertThat(result).isZero();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** How often the host has waited for the device since the library was loaded. */
    static int roundTrips() {
        return count("svgen_round_trips");
    }

    /** How many graphs were started since the library was loaded. */
    static int graphLaunches() {
        return count("svgen_graph_launches");
    }

    private static int count(String function) {
        SymbolLookup symbols = SymbolLookup.libraryLookup(Path.of(library()), Arena.global());
        try {
            return (int)
                    Linker.nativeLinker()
                            .downcallHandle(
                                    symbols.find(function).orElseThrow(),
                                    FunctionDescriptor.of(ValueLayout.JAVA_INT))
                            .invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
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

    private static boolean upToDate() throws IOException {
        if (!Files.exists(LIBRARY)) {
            return false;
        }
        var built = Files.getLastModifiedTime(LIBRARY);
        for (String folder : new String[] {"src/main/cuda", "src/test/native"}) {
            try (Stream<Path> files = Files.list(Path.of(folder))) {
                for (Path file : files.toList()) {
                    if (Files.getLastModifiedTime(file).compareTo(built) > 0) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private static boolean canCompile() throws InterruptedException {
        try {
            return new ProcessBuilder("g++", "--version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
