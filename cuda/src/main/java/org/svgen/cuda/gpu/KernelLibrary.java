package org.svgen.cuda.gpu;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.svgen.cuda.ffi.CudaDriver;
import org.svgen.tensor.SvgenException;

/** The kernels of one GPU, loaded from the jar when first asked for. */
public final class KernelLibrary implements AutoCloseable {
    private static final String NOT_BUILT = "it is for another GPU architecture";

    private final CudaDriver driver;
    private final Device device;
    private final List<String> architectures;
    private final Map<String, Long> libraries = new HashMap<>();
    private final Map<String, Function> kernels = new HashMap<>();
    private final Map<String, Optional<String>> best = new HashMap<>();

    /**
     * A function on the device.
     *
     * @param sharedBytes dynamic shared memory that it may be launched with
     */
    record Function(String name, long handle, int sharedBytes) {
        /** Before anything was started. */
        static final Function NONE = new Function("no kernel", 0, 0);
    }

    /**
     * @param architectures whose kernels may be used, the best first
     */
    public KernelLibrary(CudaDriver driver, Device device, List<String> architectures) {
        this.driver = driver;
        this.device = device;
        this.architectures = architectures;
    }

    /** The best architecture that source {@code name} was built for, if there is one. */
    public Optional<String> architecture(String name) {
        return best.computeIfAbsent(name, this::find);
    }

    /** Looks into the jar, which takes a while. */
    private Optional<String> find(String name) {
        return architectures.stream()
                .filter(arch ->
                        KernelLibrary.class.getResource(KernelNames.resource(name, arch)) != null)
                .findFirst();
    }

    /** Why kernels of source {@code name} do not run here; empty if they do. */
    public Optional<String> missing(String name) {
        return architecture(name).isPresent() ? Optional.empty() : Optional.of(NOT_BUILT);
    }

    /** {@code sm_90a}: whose kernels are used, and what that costs. */
    public String description() {
        String arch = architecture("elementwise").orElse("none");
        return arch.equals(KernelNames.PORTABLE)
                ? arch + ", which the driver compiles for this GPU at the start"
                : arch;
    }

    /**
     * A kernel of {@code source}.
     *
     * @param sharedBytes dynamic shared memory that it will be launched with
     */
    Function get(String source, String name, int sharedBytes) {
        Function kernel = kernels.get(name);
        if (kernel == null) {
            kernel = new Function(name, driver.kernel(library(source), name), 0);
            kernels.put(name, kernel);
        }
        // The limit is the kernel's, not the launch's: it must never sink.
        if (sharedBytes > kernel.sharedBytes) {
            driver.allowSharedMemory(kernel.handle, sharedBytes, device.index());
            kernel = new Function(name, kernel.handle, sharedBytes);
            kernels.put(name, kernel);
        }
        return kernel;
    }

    private long library(String source) {
        return libraries.computeIfAbsent(
                source,
                name -> {
                    String arch =
                            architecture(name)
                                    .orElseThrow(() ->
                                            new SvgenException(
                                                    "no kernels '%s' for %s"
                                                            .formatted(name, device)));
                    try (Arena arena = Arena.ofConfined()) {
                        String what = "kernels %s for %s".formatted(name, arch);
                        return driver.loadLibrary(read(arena, name, arch), what);
                    }
                });
    }

    /** A zero byte follows the content, as PTX needs it. */
    private static MemorySegment read(Arena arena, String name, String arch) {
        String resource = KernelNames.resource(name, arch);
        try (InputStream in = KernelLibrary.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new SvgenException("the program lacks its file " + resource);
            }
            byte[] bytes = new GZIPInputStream(in).readAllBytes();
            MemorySegment segment = arena.allocate(bytes.length + 1L, 64);
            MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
            return segment;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        libraries.values().forEach(driver::unloadLibrary);
        libraries.clear();
        kernels.clear();
    }
}
