package org.svgen.testkit;

import org.svgen.tensor.Backend;
import org.svgen.tensor.Backends;

/** Where models are tested: on the CPU, or where system property {@code svgen.test.device} says. */
public final class TestDevice {
    private TestDevice() {}

    public static Backend open() {
        return Backends.open(System.getProperty("svgen.test.device", "cpu"), note -> {});
    }
}
