package org.svgen.tensor.device;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;
import org.svgen.tensor.Message;

/** Finds backends and says why one is not used. */
public final class Backends {
    /** What errors about a device name. */
    public static final Field DEVICE = new Field("device");

    private Backends() {}

    /** {@return all backends that were built in, the preferred one first, usable here or not} */
    public static List<BackendProvider> all() {
        List<BackendProvider> found = new ArrayList<>();
        ServiceLoader.load(BackendProvider.class).forEach(found::add);
        found.sort(Comparator.comparingInt(BackendProvider::preference).reversed());
        return found;
    }

    /**
     * Opens {@code device}: {@code auto}, a kind such as {@code cpu}, or a kind and an index such
     * as {@code cuda:1}.
     *
     * @param device auto, or a kind, or a kind with the number of a device, as cuda:1
     * @param notes gets, in {@code auto}, the reason why a preferred backend was passed over that
     *     is there
     * @return a backend, which the caller closes
     * @throws BadInputException if there is no such device here, or no backend on the class path
     */
    public static Backend open(String device, Consumer<String> notes) {
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(notes, "notes");
        List<BackendProvider> all = all();
        if (all.isEmpty()) {
            throw new BadInputException(
                    "no backend on the class path: add org.svgen:svgen-cpu, and for NVIDIA GPUs org.svgen:svgen-cuda");
        }
        return open(device, all, notes);
    }

    /**
     * Opens a device as one of several that compute together.
     *
     * @param device a kind and the number of a device, as cuda:1
     * @param ranks how many they are
     * @return a backend, which the caller closes
     * @throws BadInputException as {@link #open(String, Consumer)}
     */
    public static Backend openRank(String device, int ranks) {
        Objects.requireNonNull(device, "device");
        return open(device, all(), note -> {}, (p, index) -> p.openRank(index, ranks));
    }

    static Backend open(String device, List<BackendProvider> all, Consumer<String> notes) {
        return open(device, all, notes, BackendProvider::open);
    }

    private static Backend open(
            String device,
            List<BackendProvider> all,
            Consumer<String> notes,
            BiFunction<BackendProvider, Integer, Backend> opening) {
        int colon = device.indexOf(':');
        String kind = colon < 0 ? device : device.substring(0, colon);
        int index = colon < 0 ? 0 : index(device, device.substring(colon + 1));
        boolean auto = kind.equals("auto");
        List<String> passedOver = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        for (BackendProvider provider : all) {
            if (!auto && !provider.kind().equals(kind)) {
                continue;
            }
            Optional<String> reason = provider.unavailable();
            if (reason.isEmpty()) {
                passedOver.forEach(notes);
                return opening.apply(provider, index);
            }
            if (!auto) {
                throw cannotBeUsed(device, reason.get());
            }
            reasons.add(provider.kind() + ": " + reason.get());
            if (provider.present()) {
                passedOver.add(provider.kind() + " is not used: " + reason.get());
            }
        }
        throw auto
                ? cannotBeUsed(device, String.join("; ", reasons))
                : BadInputException.of(DEVICE, kinds(all), device);
    }

    /**
     * {@return a device that is there and does not do: why, in one line}
     *
     * @param device auto, or a kind, or a kind with the number of a device, as cuda:1
     * @param reason why not
     */
    public static BadInputException cannotBeUsed(String device, String reason) {
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(reason, "reason");
        return BadInputException.of(
                DEVICE,
                "a device that can be used",
                device,
                Message.of("%s %s cannot be used: %s", DEVICE, device, reason));
    }

    private static String kinds(List<BackendProvider> all) {
        String kinds =
                all.reversed().stream()
                        .map(BackendProvider::kind)
                        .collect(Collectors.joining(", "));
        return "auto, %s or %s:N".formatted(kinds, all.getFirst().kind());
    }

    private static int index(String device, String digits) {
        try {
            return Integer.parseUnsignedInt(digits);
        } catch (NumberFormatException e) {
            String expected = "a number after the colon";
            throw BadInputException.of(
                    DEVICE,
                    expected,
                    device,
                    Message.of("%s %s: expected %s", DEVICE, device, expected));
        }
    }
}
