package org.svgen.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.tensor.BadInputException;

/** Configurations of models that come with the program. */
final class BenchConfigs {
    /** Their names, as options tell them. */
    static final String NAMES =
            "cogvideox-1.5-5b, cosmos1, hunyuanvideo-13b, hunyuanvideo15, wan2.1-1.3b,"
                    + " wan2.1-14b, wan2.2-a14b, wan2.2-ti2v-5b";

    /** Their names, and the size that each is known by. */
    static final Map<String, Video> SIZES =
            Map.of(
                    "cogvideox-1.5-5b", new Video(1360, 768, 81),
                    "cosmos1", new Video(1280, 704, 121),
                    "hunyuanvideo-13b", new Video(1280, 720, 129),
                    "hunyuanvideo15", new Video(1280, 720, 121),
                    "wan2.1-1.3b", new Video(832, 480, 81),
                    "wan2.1-14b", new Video(1280, 720, 81),
                    "wan2.2-a14b", new Video(1280, 720, 81),
                    "wan2.2-ti2v-5b", new Video(1280, 704, 121));

    private BenchConfigs() {}

    /**
     * @param name one of {@link #SIZES}, or a file
     */
    static Config transformer(String name) {
        return read(name, "transformer", "a transformer's");
    }

    /**
     * @param name one of {@link #SIZES}, or a file
     */
    static Config autoencoder(String name) {
        return read(name, "vae", "an autoencoder's");
    }

    /**
     * A model's encoders of texts and pictures, in the order of its index.
     *
     * @param name one of {@link #SIZES}, a model's folder, or an encoder's file
     */
    static List<Config> encoders(String name) {
        if (!SIZES.containsKey(name) && !Files.isDirectory(Path.of(name))) {
            return List.of(read(name, "text_encoder", "a model's folder or an encoder's"));
        }
        try (ModelFolder folder = ModelFolder.of(name);
                Checkpoint checkpoint = Checkpoint.open(ModelSpec.synthetic(folder.path()))) {
            return checkpoint.components().keySet().stream()
                    .filter(component -> component.contains("_encoder"))
                    .map(checkpoint::config)
                    .toList();
        }
    }

    private static Config read(String name, String part, String whose) {
        if (!SIZES.containsKey(name)) {
            Path file = Path.of(name);
            if (!Files.exists(file)) {
                throw new BadInputException(
                        "--config: expected one of %s or %s config.json, found '%s'"
                                .formatted(SIZES.keySet().stream().sorted().toList(), whose, name));
            }
            return Config.read(file);
        }
        return Config.parse(Path.of(name, part + ".json"), bytes(name, part));
    }

    /**
     * A file of the program.
     *
     * @param name one of {@link #SIZES}
     * @param part {@code transformer}, {@code vae}, or {@code others}: an object of the other
     *     configs by their paths in the model's folder
     */
    static byte[] bytes(String name, String part) {
        String resource = name + "/" + part + ".json";
        try (InputStream in = BenchConfigs.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its file " + resource);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
