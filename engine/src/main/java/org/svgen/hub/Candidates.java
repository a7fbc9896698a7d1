package org.svgen.hub;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.BadInputException;

/** Which file of a repository is meant. */
final class Candidates {
    private static final int MAX_NAMED = 12;

    private Candidates() {}

    /**
     * The name of the file that is meant.
     *
     * @param names of all files of the repository
     * @throws BadInputException if there is none, or several may be meant
     */
    static String only(HubFile file, Collection<String> names) {
        List<String> weights =
                names.stream().filter(name -> name.endsWith(HubFile.END)).sorted().toList();
        if (file.name().isPresent()) {
            String name = file.name().get();
            if (!names.contains(name)) {
                throw new BadInputException(
                        "%s has no %s, found %s"
                                .formatted(file.repo(), Untrusted.quoted(name), named(weights)));
            }
            return name;
        }
        if (weights.size() == 1) {
            return weights.getFirst();
        }
        throw new BadInputException(
                weights.isEmpty()
                        ? "%s: expected a file %s in it, found none"
                                .formatted(file.repo(), HubFile.END)
                        : "%s: expected one of its %d files, as %1$s/FILE, found %s"
                                .formatted(file.repo(), weights.size(), named(weights)));
    }

    private static String named(List<String> names) {
        return names.isEmpty()
                ? "no file " + HubFile.END
                : names.stream()
                        .limit(MAX_NAMED)
                        .map(Untrusted::quoted)
                        .collect(
                                Collectors.joining(
                                        ", ", "", names.size() > MAX_NAMED ? ", ..." : ""));
    }
}
