package org.svgen.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether folders can be exchanged here at once; {@code ExchangeTest} says where they must. */
public final class ExchangeProbe {
    private ExchangeProbe() {}

    /** True if two folders in {@code folder} can. */
    public static boolean works(Path folder) throws IOException {
        Path one = Files.createTempDirectory(folder, "one");
        Path other = Files.createTempDirectory(folder, "other");
        boolean exchanged = Exchange.swap(one, other);
        Files.delete(one);
        Files.delete(other);
        return exchanged;
    }
}
