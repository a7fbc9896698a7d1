package org.svgen.testkit;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.stream.IntStream;
import org.svgen.tensor.HostStorage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.BackendProvider;
import org.svgen.tensor.device.Backends;

/** Where models are tested: on the CPU, or where system property {@code svgen.test.device} says. */
public final class TestDevice {
    private TestDevice() {}

    public static Backend open() {
        return Backends.open(System.getProperty("svgen.test.device", "cpu"), note -> {});
    }

    /**
     * So many devices of that kind, for the caller to close; some of them the same if there are
     * fewer, and all with property {@code svgen.test.ranks.shared}.
     */
    public static List<Backend> ranks(int count) {
        String kind = System.getProperty("svgen.test.device", "cpu").replaceAll(":.*", "");
        int there =
                Backends.all().stream()
                        .filter(p -> p.kind().equals(kind))
                        .mapToInt(BackendProvider::devices)
                        .findAny()
                        .orElseThrow();
        int used = Boolean.getBoolean("svgen.test.ranks.shared") ? 1 : there;
        return IntStream.range(0, count)
                .mapToObj(i -> Backends.openRank(kind + ":" + i % used, count))
                .toList();
    }

    /** {@code tensor} where {@code backend} computes; itself if it is there already. */
    public static Tensor on(Backend backend, Tensor tensor) {
        return tensor.storage() instanceof HostStorage ? backend.upload(tensor) : tensor;
    }

    /** What {@code tensor} holds, in host memory. */
    public static Tensor host(Backend backend, Tensor tensor) {
        if (tensor.storage() instanceof HostStorage) {
            return tensor;
        }
        Tensor host = Tensor.zeros(Arena.ofAuto(), tensor.dtype(), tensor.shape().dims());
        backend.download(tensor, host);
        return host;
    }
}
