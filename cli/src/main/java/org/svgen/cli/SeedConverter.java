package org.svgen.cli;

import org.svgen.tensor.Seeds;
import picocli.CommandLine.ITypeConverter;

/** Reads {@code --seed} over torch's whole range. */
final class SeedConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        return Seeds.parse(text);
    }
}
