package org.svgen.bench;

import java.util.List;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.BackendProvider;
import org.svgen.tensor.device.Backends;

/** The CPU backend with one or the other implementation of the matrix product. */
final class MatrixProducts {
    private static final String PROPERTY = "svgen.cpu.matmul";

    private MatrixProducts() {}

    /** Ours, then the BLAS libraries found here. */
    static List<String> names() {
        return Backends.all().stream()
                .filter(provider -> provider.kind().equals("cpu"))
                .map(BackendProvider::matrixProducts)
                .findFirst()
                .orElse(List.of());
    }

    static Backend open(String name) {
        String before = System.getProperty(PROPERTY, "auto");
        System.setProperty(PROPERTY, name);
        try {
            return Backends.open("cpu", note -> {});
        } finally {
            System.setProperty(PROPERTY, before);
        }
    }
}
