package org.svgen.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.svgen.tensor.BadInputException;

/**
 * A component in a folder of its own, with the names that diffusers gives files and weights.
 *
 * @param folder that holds {@code config.json} and the weights
 */
public record FolderPart(Path folder) implements PartFile {
    private static final String CONFIG = "config.json";

    /**
     * Finds the weights.
     *
     * @throws BadInputException if there is no configuration, or there are no weights
     */
    public FolderPart {
        if (!Files.isRegularFile(folder.resolve(CONFIG))) {
            throw new BadInputException(
                    "%s: expected the folder of a component, found no %s in it"
                            .formatted(folder, CONFIG));
        }
        weightFile(folder);
    }

    private static Path weightFile(Path folder) {
        return WeightFile.choose(
                        name -> Files.exists(folder.resolve(name)),
                        index -> ShardIndex.read(folder.resolve(index)).values())
                .map(file -> folder.resolve(file.name()))
                .orElseThrow(() ->
                        new BadInputException(
                                "%s: expected one of %s, found none of them"
                                        .formatted(
                                                folder, String.join(", ", WeightFile.expected()))));
    }

    @Override
    public List<Path> files() {
        Path weights = weightFile(folder);
        List<Path> files = new ArrayList<>(List.of(folder.resolve(CONFIG), weights));
        if (weights.toString().endsWith(".json")) {
            new TreeSet<>(ShardIndex.read(weights).values())
                    .forEach(shard -> files.add(folder.resolve(shard)));
        }
        return files;
    }

    @Override
    public Config config(Config ofModel) {
        return Config.read(folder.resolve(CONFIG));
    }

    @Override
    public Open open() {
        SafeTensors tensors = SafeTensors.open(weightFile(folder));
        return new Open() {
            @Override
            public StoredWeights weights() {
                return StoredWeights.of(tensors);
            }

            @Override
            public List<String> changes() {
                return tensors.changes();
            }

            @Override
            public void requireInPlace() {
                tensors.requireInPlace();
            }

            @Override
            public void close() {
                tensors.close();
            }
        };
    }
}
