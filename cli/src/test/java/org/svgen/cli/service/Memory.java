package org.svgen.cli.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of another process of Java. */
final class Memory {
    private static final long SETTLED_MILLIS = 1000;

    private Memory() {}

    /**
     * {@return megabytes (10^6 bytes) that are resident behind a full garbage collection, as Linux
     * has it in {@code VmRSS}}
     */
    static double resident(long process) throws IOException {
        collect(process);
        Await.sleep(SETTLED_MILLIS);
        return Files.readAllLines(Path.of("/proc/%d/status".formatted(process))).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6)
                .findFirst()
                .orElseThrow();
    }

    private static void collect(long process) throws IOException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin/jcmd").toString();
        Process collection =
                new ProcessBuilder(jcmd, String.valueOf(process), "GC.run")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try {
            if (collection.waitFor() != 0) {
                throw new IOException("jcmd ended with " + collection.exitValue());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
