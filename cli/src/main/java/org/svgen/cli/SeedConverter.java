package org.svgen.cli;

import java.security.SecureRandom;
import org.svgen.tensor.random.Seeds;
import picocli.CommandLine.ITypeConverter;

/** Reads {@code --seed} over torch's whole range, or draws one. */
final class SeedConverter implements ITypeConverter<Long> {
    /** Of 32 bits: enough for variety, and short enough to be typed again. */
    private static long draw() {
        return Integer.toUnsignedLong(new SecureRandom().nextInt());
    }

    @Override
    public Long convert(String text) {
        return text.equals("random") ? draw() : Seeds.parse(text);
    }
}
