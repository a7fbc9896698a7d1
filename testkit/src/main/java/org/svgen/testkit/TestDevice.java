package org.svgen.testkit;

import java.lang.foreign.Arena;
import org.svgen.tensor.HostStorage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;

/** Where models are tested: on the CPU, or where system property {@code svgen.test.device} says. */
public final class TestDevice {
    private TestDevice() {}

    public static Backend open() {
        return Backends.open(System.getProperty("svgen.test.device", "cpu"), note -> {});
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
