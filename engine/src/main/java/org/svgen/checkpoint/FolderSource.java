package org.svgen.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The files of a folder, links followed; a link that leads nowhere is no file. Only what is asked
 * for is looked at: beside a model may lie what nobody may read, or what never ends.
 */
record FolderSource(Path place) implements ModelFiles.Source {
    @Override
    public boolean has(String name) {
        return Files.isRegularFile(place.resolve(name));
    }

    @Override
    public Set<String> filesIn(String component) {
        return Untrusted.filesIn(place.resolve(component)).stream()
                .map(file -> String.valueOf(file.getFileName()))
                .collect(Collectors.toSet());
    }

    @Override
    public byte[] read(String name) {
        return Untrusted.bytes(place.resolve(name), SafeTensors.MAX_HEADER_BYTES);
    }
}
