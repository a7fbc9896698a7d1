package org.svgen.cpu;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Message;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.BackendProvider;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.device.GuardedBackend;

/**
 * Announces {@link CpuBackend}. System properties {@code svgen.cpu.threads} and {@code
 * svgen.cpu.matmul} set what its constructor takes.
 */
public final class CpuProvider implements BackendProvider {
    @Override
    public String kind() {
        return "cpu";
    }

    @Override
    public int preference() {
        return 0;
    }

    @Override
    public Optional<String> unavailable() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
                ? Optional.empty()
                : Optional.of("the JVM was started without --add-modules=jdk.incubator.vector");
    }

    @Override
    public List<String> matrixProducts() {
        return Stream.concat(Stream.of(CpuBackend.OWN), CpuBackend.matrixLibraries().stream())
                .toList();
    }

    @Override
    public SequencedMap<String, String> findings() {
        SequencedMap<String, String> found = new LinkedHashMap<>();
        found.put("threads", Integer.toString(Runtime.getRuntime().availableProcessors()));
        if (unavailable().isEmpty()) {
            found.put("vectors", Simd.F.vectorBitSize() + " bits");
            List<String> libraries = CpuBackend.matrixLibraries();
            found.put("blas", libraries.isEmpty() ? "none" : String.join(", ", libraries));
        }
        return found;
    }

    @Override
    public Backend open(int index) {
        return open(index, 1, System.getProperty("svgen.cpu.matmul", "auto"));
    }

    /** They share the cores. */
    @Override
    public Backend openRank(int index, int ranks) {
        return open(index, ranks, CpuBackend.OWN);
    }

    private static Backend open(int index, int ranks, String product) {
        if (index != 0) {
            throw BadInputException.of(
                    Backends.DEVICE,
                    "cpu",
                    "cpu:" + index,
                    Message.of("%s cpu:%d: expected cpu", Backends.DEVICE, index));
        }
        int threads =
                Integer.getInteger("svgen.cpu.threads", Runtime.getRuntime().availableProcessors());
        return GuardedBackend.of(
                "cpu", asked -> new CpuBackend(Math.max(1, threads / ranks), product, asked));
    }
}
