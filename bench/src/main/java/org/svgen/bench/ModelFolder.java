package org.svgen.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.svgen.files.Scratch;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A model's folder without its weights. Those of {@link BenchConfigs#SIZES} are written to a
 * temporary place, which {@link #close} and the end of the JVM remove; their tokenizers know no
 * words.
 */
record ModelFolder(Path path, @Nullable Scratch scratch) implements AutoCloseable {

    /**
     * @param name one of {@link BenchConfigs#SIZES}, or a folder in diffusers' layout
     */
    static ModelFolder of(String name) {
        if (!BenchConfigs.SIZES.containsKey(name)) {
            Path folder = Path.of(name);
            if (!Files.isDirectory(folder)) {
                throw new BadInputException(
                        "--config: expected one of %s or a model's folder, found '%s'"
                                .formatted(
                                        BenchConfigs.SIZES.keySet().stream().sorted().toList(),
                                        name));
            }
            return new ModelFolder(folder, null);
        }
        try {
            Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
            Scratch scratch = Scratch.in(temporary, "svgen-" + name);
            ModelFolder model = new ModelFolder(scratch.path().resolve("model"), scratch);
            JsonNode others = JsonMapper.shared().readTree(BenchConfigs.bytes(name, "others"));
            for (Map.Entry<String, JsonNode> file : others.properties()) {
                model.write(
                        file.getKey(), file.getValue().toString().getBytes(StandardCharsets.UTF_8));
            }
            for (String part : List.of("transformer", "vae")) {
                model.write(part + "/config.json", BenchConfigs.bytes(name, part));
            }
            return model;
        } catch (IOException e) {
            throw new SvgenException("cannot write the model's configs: " + e.getMessage(), e);
        }
    }

    private void write(String name, byte[] content) throws IOException {
        Path file = path.resolve(name);
        Files.createDirectories(file.resolveSibling(""));
        Files.write(file, content);
    }

    @Override
    public void close() {
        if (scratch != null) {
            scratch.close();
        }
    }
}
