package org.svgen.cli.service;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.svgen.server.keys.KeyFile;
import org.svgen.server.keys.NewKey;
import org.svgen.server.keys.Scope;

/**
 * Keys of a service.
 *
 * @param file that the service reads
 * @param texts of the keys, by name
 */
record Keyring(Path file, Map<String, String> texts) {
    static final Set<Scope> ALL = EnumSet.allOf(Scope.class);

    Keyring(Path file) {
        this(file, new LinkedHashMap<>());
    }

    Keyring add(String name, Set<Scope> scopes) {
        NewKey key = NewKey.create(name, scopes);
        KeyFile.add(file, key);
        texts.put(name, key.text());
        return this;
    }

    String text(String name) {
        String text = texts.get(name);
        if (text == null) {
            throw new IllegalArgumentException(name);
        }
        return text;
    }
}
