package org.svgen.testkit;

import java.lang.foreign.Arena;
import org.svgen.tensor.Backend;
import org.svgen.tensor.Backends;
import org.svgen.tensor.Tensor;

/** Where models are tested: on the CPU, or where system property {@code svgen.test.device} says. */
public final class TestDevice {
    private TestDevice() {}

    public static Backend open() {
        return Backends.open(System.getProperty("svgen.test.device", "cpu"), note -> {});
    }

    /** What {@code tensor} holds, in host memory. */
    public static Tensor host(Backend backend, Tensor tensor) {
        Tensor host = Tensor.zeros(Arena.ofAuto(), tensor.dtype(), tensor.shape().dims());
        backend.download(tensor, host);
        return host;
    }
}
