package org.svgen.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;

/**
 * A folder in the layout of Hugging Face diffusers: {@code model_index.json} and a folder for each
 * component. Owns the mapped weight files; {@link #close} ends the life of every tensor read from
 * them.
 */
public final class Checkpoint implements AutoCloseable {
    private static final List<String> CONFIG_FILES =
            List.of(
                    "config.json",
                    "scheduler_config.json",
                    "tokenizer_config.json",
                    "preprocessor_config.json",
                    "guider_config.json");
    private static final Pattern SNAPSHOT =
            Pattern.compile(".*/models--([^/]+?)--([^/]+)/snapshots/([0-9a-f]{7})[0-9a-f]{33}");

    private volatile ModelSpec spec;
    private final Path folder;
    private final String pipelineClass;
    private final Map<String, Component> components;
    private final OpenFiles opened;
    private final ModelNotes notes = new ModelNotes();
    private final @Nullable SyntheticWeights synthetic;
    private final Object hashing = new Object(); // held for long, while others read weights
    private final Map<Path, String> hashes = new ConcurrentHashMap<>(); // of files
    private volatile @Nullable String hash;

    /**
     * What {@code model_index.json} says of a component.
     *
     * @param library the Python library that has the class
     * @param className the class in it
     */
    public record Component(String library, String className) {}

    private Checkpoint(ModelSpec spec, Config index) {
        this.spec = spec;
        this.folder = spec.folder();
        this.pipelineClass = index.className();
        this.components = ModelIndex.components(index);
        this.opened = new OpenFiles(spec, this::openTensors);
        this.synthetic =
                spec.numbers() instanceof ModelSpec.Numbers.Synthetic
                        ? new SyntheticWeights()
                        : null;
    }

    /**
     * Opens the model of a folder as it is.
     *
     * @param folder a model's folder in diffusers' layout
     * @return the model
     * @throws BadInputException if the folder or its index is missing or malformed
     */
    public static Checkpoint open(Path folder) {
        return open(ModelSpec.of(folder));
    }

    /**
     * Opens a model, of which only the index is read.
     *
     * @param spec says which and how
     * @return the model
     * @throws BadInputException if the folder or its index is missing or malformed
     */
    public static Checkpoint open(ModelSpec spec) {
        Path folder = spec.folder();
        if (!Files.isDirectory(folder)) {
            String file = folder.toString();
            throw new BadInputException(
                    "%s: expected the folder of a model%s"
                            .formatted(
                                    folder,
                                    OtherLayout.isWeights(file)
                                            ? ", found " + OtherLayout.ofFile(file)
                                            : ""));
        }
        Path index = folder.resolve("model_index.json");
        if (!Files.exists(index)) {
            throw new BadInputException(
                    "%s: not a model in diffusers' layout: model_index.json is missing; %s"
                            .formatted(folder, OtherLayout.of(folder)));
        }
        Checkpoint checkpoint = new Checkpoint(spec, Config.read(index));
        spec.parts()
                .forEach((name, part) -> {
                    if (!checkpoint.components.containsKey(name)) {
                        throw new BadInputException(
                                "%s: expected the file of a component of %s, which has no %s"
                                        .formatted(part.files().getFirst(), nameOf(folder), name));
                    }
                });
        return checkpoint;
    }

    /** {@return what people call the model, see {@link #nameOf}} */
    public String name() {
        return spec.name();
    }

    /**
     * {@return the folder's own name; {@code ORG/NAME@0123456} for a snapshot in a Hugging Face
     * cache, whose own name is a commit}
     *
     * @param folder a model's folder in diffusers' layout
     */
    public static String nameOf(Path folder) {
        Path whole = folder.toAbsolutePath().normalize();
        Matcher snapshot = SNAPSHOT.matcher(whole.toString().replace('\\', '/'));
        return snapshot.matches()
                ? "%s/%s@%s".formatted(snapshot.group(1), snapshot.group(2), snapshot.group(3))
                : String.valueOf(whole.getFileName());
    }

    /**
     * {@return what a model is made of: {@code model_index.json} and all readable files directly in
     * the components' folders}
     *
     * @param folder a model's folder in diffusers' layout
     * @throws BadInputException if the folder or its index is missing or malformed
     */
    public static List<Path> files(Path folder) {
        return files(ModelSpec.of(folder));
    }

    /**
     * {@return the same of a model of which parts may lie elsewhere}
     *
     * @param spec says where
     * @throws BadInputException if the folder or its index is missing or malformed
     */
    public static List<Path> files(ModelSpec spec) {
        try (Checkpoint checkpoint = open(spec)) {
            List<Path> files =
                    new ArrayList<>(
                            CheckpointHash.files(spec.folder(), checkpoint.components.keySet()));
            spec.parts().values().forEach(part -> files.addAll(part.files()));
            spec.adapters().forEach(adapter -> files.add(adapter.path()));
            return List.copyOf(files);
        }
    }

    /** {@return the folder that was opened} */
    public Path folder() {
        return folder;
    }

    /** {@return the diffusers class that would run this model: {@code CogVideoXPipeline}} */
    public String pipelineClass() {
        return pipelineClass;
    }

    /**
     * {@return components by name ({@code transformer}, {@code vae}, ...), in the order of the
     * index}
     */
    public Map<String, Component> components() {
        return Collections.unmodifiableMap(components);
    }

    /**
     * {@return {@code model_index.json}, which has the pipeline's options beside its components:
     * {@code boundary_ratio}}
     */
    public Config index() {
        return Config.read(folder.resolve(ModelFiles.INDEX));
    }

    /**
     * Checks that the index has a component and that its class is one of {@code known}.
     *
     * @param name of the component
     * @param known class names that can be run
     * @throws BadInputException naming the known classes
     */
    public void requireComponent(String name, List<String> known) {
        Component component = components.get(name);
        if (component == null || !known.contains(component.className())) {
            throw new BadInputException(
                    "%s: %s: expected a class of %s, found %s"
                            .formatted(
                                    folder.resolve(ModelFiles.INDEX),
                                    Untrusted.quoted(name),
                                    String.join(", ", known),
                                    component == null
                                            ? "nothing"
                                            : Untrusted.quoted(component.className())));
        }
    }

    /**
     * {@return the configuration of a component, of the class that the index gives it: as in
     * diffusers, what the configuration itself says it is does not count, but is noted}
     *
     * @param component such as transformer or vae
     */
    public Config config(String component) {
        Config config = Config.read(configFile(component));
        PartFile part = spec.parts().get(component);
        if (part != null) {
            config = part.config(config);
        }
        Component listed = components.get(component);
        if (listed == null) {
            return config;
        }
        notes.compare(config, listed.className());
        return config.as(listed.className());
    }

    /** {@return what a user should know of what was read so far, a line each} */
    public List<String> notes() {
        return Stream.concat(notes.lines().stream(), opened.notes().stream()).toList();
    }

    /**
     * {@return the file {@code name} of a component, whether it exists or not}
     *
     * @param component such as transformer or vae
     * @param name of the file
     */
    public Path file(String component, String name) {
        return folder.resolve(component).resolve(name);
    }

    /**
     * {@return the weights of a component, put into {@code memory} one by one as asked for}
     *
     * @param component such as transformer or vae
     * @param memory where the weights are to be
     * @param activation type of the model's activations: if that is not F32, matrices and
     *     convolutions' weights are rounded to it
     */
    public WeightSource weights(String component, WeightMemory memory, DType activation) {
        return weights(component, memory, activation, EightBitLayers.NONE);
    }

    /**
     * {@return the same, with some matrices in 8 bits}
     *
     * @param component such as transformer or vae
     * @param memory where the weights are to be
     * @param activation type of the model's activations
     * @param eightBits which matrices are in 8 bits
     */
    public WeightSource weights(
            String component, WeightMemory memory, DType activation, EightBitLayers eightBits) {
        StoredWeights changed = opened.merged(component, unadapted(component));
        StoredWeights rounded = new RoundedWeights(changed, activation);
        return WeightSource.of(eightBits.of(rounded), memory);
    }

    private StoredWeights unadapted(String component) {
        return spec.changed(component, synthetic == null ? stored(component) : synthetic);
    }

    /**
     * Takes other adapters in place of those that the model has; whatever asks for weights from now
     * on gets them with these. Base files stay open and hashed as they are.
     *
     * @param adapters merged one after the other; none for the model by itself
     * @throws BadInputException if one is missing, damaged or made for other weights; then nothing
     *     has changed
     */
    public void adapt(List<? extends AdapterFile> adapters) {
        Objects.requireNonNull(adapters, "adapters");
        ModelSpec to = spec.adapted(adapters);
        synchronized (hashing) {
            opened.adapt(to, this::unadapted);
            // Those that come again may be other files then.
            spec.adapters().stream()
                    .filter(adapter -> !adapters.contains(adapter))
                    .forEach(adapter -> hashes.remove(adapter.path()));
            spec = to;
            hash = null;
        }
    }

    /** {@return the adapters that are merged, in their order} */
    public List<AdapterFile> adapters() {
        return spec.adapters();
    }

    /**
     * {@return SHA-256, in hex, of an adapter's file, if {@link #hash} was asked for before}
     *
     * @param adapter one of {@link #adapters}
     */
    public Optional<String> knownHash(AdapterFile adapter) {
        return Optional.ofNullable(hashes.get(adapter.path()));
    }

    private StoredWeights stored(String component) {
        return spec.parts().containsKey(component)
                ? opened.part(component).weights()
                : new FileWeights(tensors(component));
    }

    /**
     * The mapped weight files of a component, opened once.
     *
     * @throws ClosedException if this is closed
     */
    SafeTensors tensors(String component) {
        return opened.tensors(component);
    }

    private SafeTensors openTensors(String component) {
        WeightFile file =
                weightFile(component)
                        .orElseThrow(() -> nothingOf(component, WeightFile.expected()));
        notes.variant(component, file.variant());
        Path path = file(component, file.name());
        return spec.numbers() instanceof ModelSpec.Numbers.Headers(Map<Path, Long> sizes)
                ? SafeTensors.headers(path, sizes)
                : SafeTensors.open(path);
    }

    private Optional<WeightFile> weightFile(String component) {
        return WeightFile.choose(
                name -> Files.exists(file(component, name)),
                index -> ShardIndex.read(file(component, index)).values());
    }

    /**
     * {@return weight files that changed since they were opened, and what happened to them, a line
     * each} What was read of them may be anything.
     */
    public List<String> changes() {
        return opened.changes();
    }

    /** True if the component has weights. */
    boolean hasWeights(String component) {
        return weightFile(component).isPresent();
    }

    /**
     * {@return SHA-256, in hex, of what {@code sha256sum} prints for {@code model_index.json} and
     * all readable files directly in the components' folders, sorted by path} Computed at the first
     * call; reads every byte.
     *
     * @throws org.svgen.tensor.SvgenException if files cannot be read, or others have come in place
     *     of weights that are in use
     */
    public String hash() {
        return hash(() -> {});
    }

    /**
     * {@return the hash, as above}
     *
     * @param asked now and then, by any thread; throws to end the reading
     */
    public String hash(Runnable asked) {
        synchronized (hashing) {
            String found = hash;
            if (found == null) {
                found = CheckpointHash.of(spec, components.keySet(), hashes, asked);
                opened.requireInPlace();
                hash = found;
            }
            return found;
        }
    }

    /** {@return the hash, if it was asked for before: then it costs no wait} */
    public Optional<String> knownHash() {
        return Optional.ofNullable(hash);
    }

    /** Closing twice does nothing more. */
    @Override
    public void close() {
        opened.close();
        if (synthetic != null) {
            synthetic.close();
        }
    }

    private Path configFile(String component) {
        return CONFIG_FILES.stream()
                .map(name -> file(component, name))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> nothingOf(component, CONFIG_FILES));
    }

    private BadInputException nothingOf(String component, List<String> names) {
        return new BadInputException(
                "%s: expected one of %s, found %s"
                        .formatted(
                                folder.resolve(component),
                                String.join(", ", names),
                                present(component)));
    }

    private String present(String component) {
        Path of = folder.resolve(component);
        if (!Files.isDirectory(of)) {
            return "no such folder";
        }
        try (Stream<Path> files = Files.list(of)) {
            List<String> names =
                    files.map(f -> String.valueOf(f.getFileName())).sorted().limit(8).toList();
            return names.isEmpty() ? "an empty folder" : "only " + String.join(", ", names);
        } catch (IOException | UncheckedIOException e) {
            return "an unreadable folder";
        }
    }
}
