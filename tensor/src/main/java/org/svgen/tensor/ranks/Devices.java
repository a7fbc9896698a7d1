package org.svgen.tensor.ranks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Message;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;

/** Opens one device, or several of a kind that compute together. */
public final class Devices {
    /** Ranks at most. */
    public static final int MOST = 64;

    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private Devices() {}

    /**
     * Opens {@code device}: what {@link Backends#open} takes, or several devices of a kind, {@code
     * cuda:0,1} or {@code cuda:all}, which make one video together. One may be named twice: then it
     * does the work of two.
     *
     * @param device auto, or a kind, or a kind and numbers, as cuda:0,1
     * @param notes gets, in {@code auto}, the reason why a preferred backend was passed over
     * @return a backend, which the caller closes
     * @throws BadInputException if there is no such device here, or devices differ
     */
    public static Backend open(String device, Consumer<String> notes) {
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(notes, "notes");
        int colon = device.indexOf(':');
        String numbers = device.substring(colon + 1);
        if (colon < 0 || !(numbers.contains(",") || numbers.equals("all"))) {
            return Backends.open(device, notes);
        }
        String kind = device.substring(0, colon);
        List<Integer> indices = numbers.equals("all") ? all(kind) : numbers(device, numbers);
        if (indices.size() == 1) {
            return Backends.open(kind + ":" + indices.getFirst(), notes);
        }
        return open(device, indices.stream().map(i -> kind + ":" + i).toList());
    }

    private static Backend open(String device, List<String> names) {
        List<Backend> opened = new ArrayList<>();
        try {
            for (String name : names) {
                opened.add(Backends.openRank(name, names.size()));
            }
            return together(device, opened, PATIENCE);
        } catch (RuntimeException | Error e) {
            opened.forEach(Backend::close);
            throw e;
        }
    }

    /**
     * {@return devices of one kind as one}
     *
     * @param name of the whole
     * @param devices closed with it
     * @param patience how long they wait for one that gives no sign of life
     * @throws BadInputException if devices differ
     */
    public static Backend together(String name, List<Backend> devices, Duration patience) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(patience, "patience");
        String like = devices.getFirst().summary();
        for (Backend device : devices) {
            if (device.link().isEmpty()) {
                throw Backends.cannotBeUsed(
                        name, "%s exchanges nothing with others".formatted(device.name()));
            }
            if (!device.summary().equals(like)) {
                throw BadInputException.of(
                        Backends.DEVICE,
                        "devices that are alike",
                        name,
                        Message.of(
                                "%s %s: expected devices that are alike, found %s and %s",
                                Backends.DEVICE, name, like, device.summary()));
            }
        }
        List<String> names = devices.stream().map(Backend::name).toList();
        int sharers = names.stream().mapToInt(n -> Collections.frequency(names, n)).max().orElse(1);
        return RanksBackend.of(name, devices, sharers, patience);
    }

    /** As many as can be opened; a kind that cannot be used says why when the first is. */
    private static List<Integer> all(String kind) {
        int count =
                Backends.all().stream()
                        .filter(p -> p.kind().equals(kind) && p.unavailable().isEmpty())
                        .mapToInt(p -> p.devices())
                        .max()
                        .orElse(1);
        return IntStream.range(0, Math.min(count, MOST)).boxed().toList();
    }

    private static List<Integer> numbers(String device, String numbers) {
        String[] parts = numbers.split(",", -1);
        List<Integer> found = new ArrayList<>();
        for (String part : parts) {
            if (!part.matches("\\d{1,4}") || parts.length > MOST) {
                String expected = "numbers with commas between them, at most %d".formatted(MOST);
                throw BadInputException.of(
                        Backends.DEVICE,
                        expected,
                        device,
                        Message.of("%s %s: expected %s", Backends.DEVICE, device, expected));
            }
            found.add(Integer.parseInt(part));
        }
        return found;
    }
}
