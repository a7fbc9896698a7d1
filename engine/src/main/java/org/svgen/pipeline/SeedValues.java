package org.svgen.pipeline;

import java.math.BigInteger;
import java.util.Optional;
import org.svgen.setting.Values;
import org.svgen.tensor.random.Seeds;

/** Seeds as torch takes them: 64 bits, with or without a sign. */
record SeedValues() implements Values<Long> {
    @Override
    public boolean takes(Long value) {
        return true;
    }

    @Override
    public String expected() {
        return "a whole number from -2^63 to 2^64 - 1";
    }

    @Override
    public Optional<Long> read(Object plain) {
        return switch (plain) {
            case Integer number -> Optional.of(number.longValue());
            case Long number -> Optional.of(number);
            case BigInteger number -> parse(number.toString());
            default -> Optional.empty();
        };
    }

    @Override
    public Optional<Long> parse(String text) {
        try {
            return Optional.of(Seeds.parse(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    @Override
    public Object plain(Long value) {
        return Seeds.unsigned(value);
    }
}
