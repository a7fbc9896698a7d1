package org.svgen.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The library of an NVIDIA driver, compiled from the kernels of module {@code cuda} for the CPU
 * ({@code src/test/native} there): any number of GPUs where there is none. Needs g++.
 */
public final class EmulatedDriver {
    /** System property with the driver's library that module {@code cuda} uses. */
    public static final String PROPERTY = "svgen.cuda.library";

    /** Seen from the folder of any module, where its tests run. */
    private static final Path MODULE = Path.of("../cuda").toAbsolutePath().normalize();

    private static final Path LIBRARY = MODULE.resolve("target/emulator/libcuda.so");

    private EmulatedDriver() {}

    /** The file of the library; built when a source is newer. */
    public static synchronized String library() {
        try {
            if (!upToDate()) {
                assumeTrue(canCompile(), "g++ is not installed");
                Process build =
                        new ProcessBuilder(
                                        "bash",
                                        MODULE.resolve("src/test/native/build.sh").toString(),
                                        MODULE.resolve("src/main/cuda").toString(),
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

    /**
     * How many GPUs there seem to be from now on.
     *
     * @param peers whether they reach each other's memory
     */
    public static void devices(int count, boolean peers) {
        set("SVGEN_EMULATED_DEVICES", count);
        set("SVGEN_EMULATED_PEERS", peers ? 1 : 0);
    }

    /** How many copies between GPUs went directly since the library was loaded. */
    public static int directCopies() {
        return count("svgen_direct_copies");
    }

    /** How many copies between GPUs went through host memory. */
    public static int stagedCopies() {
        return count("svgen_staged_copies");
    }

    /** What a function of the library counts. */
    public static int count(String function) {
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

    /** Sets a variable of the C library's environment, which the JVM's does not share. */
    public static void set(String name, int value) {
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

    private static boolean upToDate() throws IOException {
        if (!Files.exists(LIBRARY)) {
            return false;
        }
        var built = Files.getLastModifiedTime(LIBRARY);
        for (String folder : new String[] {"src/main/cuda", "src/test/native"}) {
            try (Stream<Path> files = Files.list(MODULE.resolve(folder))) {
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
