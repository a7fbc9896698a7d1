package org.svgen.tensor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Finds backends and says why one is not used. */
public final class Backends {
    private Backends() {}

    /** All backends that were built in, the preferred one first, usable here or not. */
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
     * @param notes told, in {@code auto}, why a preferred backend was passed over that is there
     * @throws BadInputException if there is no such device here
     */
    public static Backend open(String device, Consumer<String> notes) {
        int colon = device.indexOf(':');
        String kind = colon < 0 ? device : device.substring(0, colon);
        int index = colon < 0 ? 0 : index(device, device.substring(colon + 1));
        List<BackendProvider> all = all();
        for (BackendProvider provider : all) {
            boolean auto = kind.equals("auto");
            if (!auto && !provider.kind().equals(kind)) {
                continue;
            }
            Optional<String> reason = provider.unavailable();
            if (reason.isEmpty()) {
                return provider.open(index);
            }
            if (!auto) {
                throw new BadInputException(
                        "--device %s cannot be used: %s".formatted(device, reason.get()));
            }
            if (provider.present()) {
                notes.accept(provider.kind() + " is not used: " + reason.get());
            }
        }
        String kinds =
                all.reversed().stream()
                        .map(BackendProvider::kind)
                        .collect(Collectors.joining(", "));
        String last = all.isEmpty() ? "KIND" : all.getFirst().kind();
        throw new BadInputException(
                "--device: expected auto, %s or %s:N, found '%s'".formatted(kinds, last, device));
    }

    private static int index(String device, String digits) {
        try {
            return Integer.parseUnsignedInt(digits);
        } catch (NumberFormatException e) {
            throw new BadInputException(
                    "--device %s: expected a number after the colon".formatted(device), e);
        }
    }
}
