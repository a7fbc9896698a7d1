package org.svgen.lab.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.svgen.checkpoint.SafeTensorsWriter;
import org.svgen.checkpoint.Untrusted;
import org.svgen.checkpoint.torch.TorchFile;
import org.svgen.files.Reasons;
import org.svgen.hub.HubSettings;
import org.svgen.hub.PullListener;
import org.svgen.hub.WebFile;
import org.svgen.hub.WebFiles;
import org.svgen.lab.metrics.Lpips;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Tensor;

/**
 * A folder with weights for LPIPS, {@code NAME.safetensors} each, and what fetches them: the trunk
 * and the linear weights as their makers publish them, checked by their hashes. What is left is the
 * convolutions and the linear weights alone, in one file.
 */
public final class LpipsStore {
    /** The version of the package lpips whose linear weights are 0.1, by its commit. */
    private static final String LINEARS =
            "https://raw.githubusercontent.com/richzhang/PerceptualSimilarity/082bb24f84c091ea94de2867d34c4544f68e0963/lpips/weights/v0.1";

    private static final String TRUNKS = "https://download.pytorch.org/models";

    private final HubSettings settings;
    private final Path folder;
    private final List<LpipsModel> models;

    LpipsStore(HubSettings settings, Path folder, List<LpipsModel> models) {
        this.settings = settings;
        this.folder = folder;
        this.models = List.copyOf(models);
    }

    /**
     * The user's folder: {@code svgen/lpips} in {@code XDG_CACHE_HOME} or in {@code ~/.cache}. The
     * variables {@code SVGEN_TRUNKS_URL} and {@code SVGEN_LPIPS_URL} name mirrors of the folders
     * that weights come from; those of the hub say which proxies to use, and whether to stay
     * offline.
     *
     * @param variables the environment
     * @param home the user's home folder
     * @return the folder with what fetches its files
     * @throws BadInputException if a variable makes no sense
     */
    public static LpipsStore of(Map<String, String> variables, Path home) {
        Objects.requireNonNull(variables, "variables");
        Objects.requireNonNull(home, "home");
        String caches = variables.getOrDefault("XDG_CACHE_HOME", "");
        Path cache = caches.startsWith("/") ? Path.of(caches) : home.resolve(".cache");
        return new LpipsStore(
                HubSettings.of(variables, home),
                cache.resolve("svgen/lpips"),
                LpipsModel.published(
                        address(variables, "SVGEN_TRUNKS_URL", TRUNKS),
                        address(variables, "SVGEN_LPIPS_URL", LINEARS)));
    }

    private static URI address(Map<String, String> variables, String name, String absent) {
        String given = variables.getOrDefault(name, "").strip();
        String text = (given.isEmpty() ? absent : given).replaceAll("/+$", "");
        try {
            URI uri = new URI(text);
            if (uri.getHost() != null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Said below.
        }
        throw new BadInputException(
                "%s: expected the address of a folder, such as %s, found %s"
                        .formatted(name, absent, Untrusted.quoted(text)));
    }

    /** {@return the names of all weights that can be fetched} */
    public List<String> names() {
        return models.stream().map(LpipsModel::name).toList();
    }

    /**
     * {@return whether a text is meant as a name of ours, known or not, and not as a file}
     *
     * @param text that somebody has given
     */
    public static boolean isName(String text) {
        Objects.requireNonNull(text, "text");
        return text.matches("lpips-[\\w-]*");
    }

    /**
     * {@return the file that a name or a path means}
     *
     * @param nameOrFile a name of ours, or a file of the user's
     * @throws BadInputException if it is neither, or if the weights of that name are not here
     */
    public Path locate(String nameOrFile) {
        Objects.requireNonNull(nameOrFile, "nameOrFile");
        Path file;
        try {
            file = Path.of(nameOrFile);
        } catch (InvalidPathException e) {
            throw new BadInputException("%s is no file's name".formatted(nameOrFile), e);
        }
        if (!isName(nameOrFile) || Files.exists(file)) {
            return file;
        }
        LpipsModel model = model(nameOrFile);
        Path here = file(model);
        if (!Files.isRegularFile(here)) {
            throw new BadInputException(
                    "%s is not here: 'svgen pull %1$s' downloads it (%d MB)"
                            .formatted(
                                    nameOrFile,
                                    Math.ceilDiv(
                                            model.trunk().size() + model.linear().size(),
                                            1_000_000)));
        }
        return here;
    }

    /**
     * {@return what measures LPIPS} The caller closes it.
     *
     * @param nameOrFile a name of ours, or a file of the user's
     * @throws BadInputException as {@link #locate}, or if the file holds something else
     */
    public Lpips open(String nameOrFile) {
        return Lpips.open(locate(nameOrFile));
    }

    /**
     * {@return what {@link #pull} would do} Writes nothing.
     *
     * @param name of the weights
     * @throws BadInputException if there are none of that name
     */
    public LpipsPlan plan(String name) {
        Objects.requireNonNull(name, "name");
        LpipsModel model = model(name);
        WebFiles files = files(model);
        boolean here = Files.isRegularFile(file(model));
        return new LpipsPlan(
                name,
                file(model),
                LpipsModel.LICENCE,
                files.total(),
                here ? 0 : files.toDownload(),
                files.free());
    }

    /**
     * Fetches weights, unless they are here. May be called again after any end, and goes on then.
     *
     * @param name of the weights
     * @param listener gets what happens; may cancel
     * @return the file
     * @throws BadInputException if there are none of that name, or they cannot be had
     * @throws org.svgen.tensor.SvgenException if the other side is in trouble or sends wrong
     *     contents
     */
    public Path pull(String name, PullListener listener) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(listener, "listener");
        LpipsModel model = model(name);
        Path file = file(model);
        if (!Files.isRegularFile(file)) {
            files(model).fetch(listener);
            try {
                convert(model, file);
            } catch (BadInputException e) {
                if (!Files.isRegularFile(file)) {
                    throw e; // else another process was faster, and has cleaned up
                }
            }
            remove(model.trunk());
            remove(model.linear());
        }
        return file;
    }

    private LpipsModel model(String name) {
        return models.stream()
                .filter(model -> model.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new BadInputException(
                                "there is no %s: expected one of %s"
                                        .formatted(
                                                Untrusted.quoted(name),
                                                String.join(", ", names()))));
    }

    private Path file(LpipsModel model) {
        return folder.resolve(model.name() + ".safetensors");
    }

    private WebFiles files(LpipsModel model) {
        return new WebFiles(settings, folder, List.of(model.trunk(), model.linear()));
    }

    private void convert(LpipsModel model, Path file) {
        try (Arena arena = Arena.ofConfined()) {
            Map<String, Tensor> tensors = new HashMap<>();
            tensors.putAll(
                    TorchFile.read(
                            folder.resolve(model.trunk().name()),
                            name -> name.startsWith("features."),
                            arena));
            tensors.putAll(
                    TorchFile.read(
                            folder.resolve(model.linear().name()),
                            name -> name.startsWith("lin"),
                            arena));
            SafeTensorsWriter.write(
                    file,
                    tensors,
                    Map.of(
                            "licence",
                            LpipsModel.LICENCE,
                            "source",
                            List.of(model.trunk(), model.linear()).stream()
                                    .map(web -> web.address() + " " + web.sha256())
                                    .collect(Collectors.joining(", "))));
        }
        try {
            Lpips.open(file).close();
        } catch (BadInputException e) {
            delete(file);
            throw e;
        }
    }

    private void remove(WebFile file) {
        delete(folder.resolve(file.name()));
        delete(folder.resolve(file.name() + ".lock"));
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new BadInputException("cannot remove %s: %s".formatted(file, Reasons.of(e)), e);
        }
    }
}
