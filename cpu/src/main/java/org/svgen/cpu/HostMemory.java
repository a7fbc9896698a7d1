package org.svgen.cpu;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How much memory the machine has left. */
final class HostMemory {
    private static final Path LINUX = Path.of("/proc/meminfo");
    private static final Path CGROUP = Path.of("/sys/fs/cgroup");

    private HostMemory() {}

    /** Bytes that a program could take without making others swap; an estimate. */
    static long available() {
        return Math.min(ofMachine(), ofContainer());
    }

    private static long ofMachine() {
        for (String line : lines(LINUX)) {
            if (line.startsWith("MemAvailable:")) {
                return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        var system = ManagementFactory.getOperatingSystemMXBean();
        return system instanceof com.sun.management.OperatingSystemMXBean known
                ? known.getTotalMemorySize()
                : Long.MAX_VALUE;
    }

    /** What a limit on the container leaves; what only caches files can be taken. */
    private static long ofContainer() {
        List<String> limit = lines(CGROUP.resolve("memory.max"));
        List<String> used = lines(CGROUP.resolve("memory.current"));
        if (limit.isEmpty() || used.isEmpty() || !limit.getFirst().matches("[0-9]{1,18}")) {
            return Long.MAX_VALUE;
        }
        long cached = 0;
        for (String line : lines(CGROUP.resolve("memory.stat"))) {
            if (line.startsWith("file ")) {
                cached = Long.parseLong(line.substring("file ".length()));
            }
        }
        return Long.parseLong(limit.getFirst()) - Long.parseLong(used.getFirst()) + cached;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            return List.of(); // not all containers show them
        }
    }
}
