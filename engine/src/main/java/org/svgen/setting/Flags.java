package org.svgen.setting;

import java.util.Locale;
import java.util.Optional;

/** True and false. */
record Flags() implements Values<Boolean> {
    @Override
    public boolean takes(Boolean value) {
        return true;
    }

    @Override
    public String expected() {
        return "true or false";
    }

    @Override
    public Optional<Boolean> read(Object plain) {
        return plain instanceof Boolean flag ? Optional.of(flag) : Optional.empty();
    }

    @Override
    public Optional<Boolean> parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    @Override
    public Object plain(Boolean value) {
        return value;
    }
}
