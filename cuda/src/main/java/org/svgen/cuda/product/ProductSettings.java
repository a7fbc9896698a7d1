package org.svgen.cuda.product;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.svgen.cuda.ffi.CublasLt;
import org.svgen.tensor.BadInputException;

/**
 * Whose products of bf16 matrices are used. System property {@code svgen.cuda.products} says it:
 * {@code auto}, {@code own} or {@code cublaslt}; {@code svgen.cuda.cublaslt} is the library's file
 * or name, or {@code none}, where those that are usual are not to be looked for.
 *
 * @param finder opens the library; asked only when it could be used
 * @param measured size of the product by which they are compared
 */
public record ProductSettings(
        Wanted wanted, Supplier<Optional<CublasLt>> finder, CublasLtTrial.Size measured) {
    private static final String WANTED = "svgen.cuda.products";
    private static final String LIBRARY = "svgen.cuda.cublaslt";

    public enum Wanted {
        /** The library's where it is installed and faster. */
        AUTO,
        OWN,
        /** The library's wherever it can compute them. */
        CUBLASLT
    }

    public ProductSettings(Wanted wanted, Supplier<Optional<CublasLt>> finder) {
        this(wanted, finder, CublasLtTrial.Size.USUAL);
    }

    public static ProductSettings own() {
        return new ProductSettings(Wanted.OWN, Optional::empty);
    }

    /** As the system properties say; a library that must be there is looked for at once. */
    public static ProductSettings asTold() {
        List<String> names = names();
        Wanted wanted = wanted(System.getProperty(WANTED, "auto"));
        if (wanted != Wanted.CUBLASLT) {
            return new ProductSettings(wanted, () -> CublasLt.find(names));
        }
        Optional<CublasLt> found = CublasLt.find(names);
        if (found.isEmpty()) {
            throw new BadInputException(
                    "system property %s=cublaslt: no cuBLASLt found here (%s)"
                            .formatted(
                                    WANTED,
                                    names.isEmpty()
                                            ? LIBRARY + "=none"
                                            : String.join(", ", names)));
        }
        return new ProductSettings(wanted, () -> found);
    }

    /** By which the library is looked for. */
    public static List<String> names() {
        String library = System.getProperty(LIBRARY);
        if (library == null) {
            return CublasLt.NAMES;
        }
        return library.equals("none") ? List.of() : List.of(library);
    }

    private static Wanted wanted(String told) {
        for (Wanted wanted : Wanted.values()) {
            if (wanted.name().toLowerCase(Locale.ROOT).equals(told)) {
                return wanted;
            }
        }
        throw new BadInputException(
                "system property %s: expected auto, own or cublaslt, found '%s'"
                        .formatted(WANTED, told));
    }

    /**
     * What {@code svgen doctor} says of the library.
     *
     * @param fast true if all GPUs here have products of our own that are as fast
     */
    public String finding(boolean fast) {
        if (wanted == Wanted.OWN) {
            return "not looked for: own products, as asked";
        }
        if (wanted == Wanted.AUTO && fast) {
            return "not looked for: own products are as fast on this GPU";
        }
        String use = wanted == Wanted.AUTO ? "%s, used where it is faster" : "%s, used as asked";
        return finder.get()
                .map(library -> use.formatted(library.name()))
                .orElse("not found, not needed");
    }
}
