package org.svgen.setting;

import java.util.Optional;

/** Any text. */
record Texts() implements Values<String> {
    @Override
    public boolean takes(String value) {
        return true;
    }

    @Override
    public String expected() {
        return "a text";
    }

    @Override
    public Optional<String> read(Object plain) {
        return plain instanceof String text ? Optional.of(text) : Optional.empty();
    }

    @Override
    public Optional<String> parse(String text) {
        return Optional.of(text);
    }

    @Override
    public Object plain(String value) {
        return value;
    }
}
