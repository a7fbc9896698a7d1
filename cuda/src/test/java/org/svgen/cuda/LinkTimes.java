package org.svgen.cuda;

import java.util.ArrayList;
import java.util.List;
import org.svgen.tensor.Storage;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.device.Link;

/** A program that measures what devices bring each other: docs/ranks.md computes with it. */
final class LinkTimes {
    private static final long BYTES = 768L << 20;
    private static final int ROUNDS = 5;
    private static final int EVENTS = 2000;

    private LinkTimes() {}

    /**
     * @param arguments devices, such as cuda:0 cuda:1
     */
    public static void main(String[] arguments) {
        List<Backend> devices = new ArrayList<>();
        for (String device : arguments) {
            devices.add(Backends.openRank(device, arguments.length));
        }
        List<Storage> from = devices.stream().map(d -> d.allocate(BYTES)).toList();
        List<Storage> to = devices.stream().map(d -> d.allocate(BYTES)).toList();
        List<Link> links = devices.stream().map(d -> d.link().orElseThrow()).toList();
        int n = devices.size();
        for (long width : new long[] {BYTES / n, 3072, 1536, 768}) {
            for (int senders : n > 2 ? new int[] {1, n - 1} : new int[] {1}) {
                double best = Double.POSITIVE_INFINITY;
                for (int i = 0; i < ROUNDS; i++) {
                    best = Math.min(best, exchange(devices, links, from, to, width, senders));
                }
                double bytes = (double) senders * (BYTES / n);
                System.out.printf(
                        "rows of %d bytes, each receives from %d at once: %.0f GB/s, %.2f ms for %.0f MB%n",
                        width, senders, bytes / best / 1e9, best * 1e3, bytes / 1e6);
            }
        }
        System.out.printf("there and back: %.1f us%n", events(devices, links) * 1e6);
        devices.forEach(Backend::close);
    }

    /**
     * Each receives a share from each of some others; rows lie close here and n times as far there.
     */
    private static double exchange(
            List<Backend> devices,
            List<Link> links,
            List<Storage> from,
            List<Storage> to,
            long width,
            int senders) {
        int n = devices.size();
        long rows = BYTES / n / width;
        devices.forEach(Backend::synchronize);
        long start = System.nanoTime();
        for (int target = 0; target < n; target++) {
            for (int i = 1; i <= senders; i++) {
                int source = (target + i) % n;
                links.get(target)
                        .copy(
                                new Link.Rows(from.get(source), 0, width),
                                new Link.Rows(to.get(target), source * width, n * width),
                                width,
                                rows);
            }
        }
        devices.forEach(Backend::synchronize);
        return (System.nanoTime() - start) / 1e9;
    }

    private static double events(List<Backend> devices, List<Link> links) {
        Link here = links.getFirst();
        Link there = links.getLast();
        devices.forEach(Backend::synchronize);
        long start = System.nanoTime();
        for (int i = 0; i < EVENTS; i++) {
            there.await(here.mark());
            here.await(there.mark());
        }
        devices.forEach(Backend::synchronize);
        return (System.nanoTime() - start) / 1e9 / EVENTS;
    }
}
