package org.svgen.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.ModelFiles;
import org.svgen.checkpoint.Untrusted;
import org.svgen.files.Reasons;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;

/**
 * The folders of huggingface_hub: {@code models--ORG--NAME} with {@code blobs} (contents by hash),
 * {@code snapshots} (by commit, links into blobs) and {@code refs} (which commit a branch means).
 */
final class Cache {
    private static final Pattern REPO = Pattern.compile("models--(.+?)--(.+)");
    private static final int REF_DEPTH = 4;
    private static final int SHA256_DIGITS = 64;
    private static final String TEMPORARY = ".tmp";

    /** See bford.info/cachedir: lets backups skip the folder. */
    private static final String TAG =
            "Signature: 8a477f597d28d172789f06886806bc55\n# A cache of models; may be deleted.\n";

    private final Path root;

    Cache(Path root) {
        this.root = root;
    }

    Path root() {
        return root;
    }

    private static String folderName(ModelId id) {
        return "models--" + id.org() + "--" + id.name();
    }

    Path repo(ModelId id) {
        return root.resolve(folderName(id));
    }

    Path blob(ModelId id, String hash) {
        return repo(id).resolve("blobs").resolve(hash);
    }

    Path snapshot(ModelId id, String commit) {
        return repo(id).resolve("snapshots").resolve(commit);
    }

    /** All snapshots of a repository, complete or not. */
    List<Path> snapshots(ModelId id) {
        Path snapshots = repo(id).resolve("snapshots");
        return Files.isReadable(snapshots) ? entries(snapshots) : List.of();
    }

    /** The content of {@code file} under any repository but {@code id}'s. */
    Optional<HeldBlob> heldElsewhere(ModelId id, RemoteFile file) {
        if (file.hash().length() != SHA256_DIGITS) {
            return Optional.empty(); // git's own hash: a small file
        }
        for (Path folder : entries(root)) {
            Matcher repo = REPO.matcher(String.valueOf(folder.getFileName()));
            Path blob = folder.resolve("blobs").resolve(file.hash());
            if (repo.matches() && !folder.equals(repo(id)) && Snapshot.has(blob, file.size())) {
                return Optional.of(new HeldBlob(repo.group(1) + "/" + repo.group(2), blob));
            }
        }
        return Optional.empty();
    }

    Path lock(ModelId id, String hash) {
        return root.resolve(".locks").resolve(folderName(id)).resolve(hash + ".lock");
    }

    /** The commit that the revision meant when it was last complete here. */
    @Nullable String commit(ModelId id) {
        return id.isCommit() ? id.revision() : read(ref(id));
    }

    private Path ref(ModelId id) {
        return repo(id).resolve("refs").resolve(id.revision());
    }

    private static @Nullable String read(Path ref) {
        try {
            String text = Files.isRegularFile(ref) ? Files.readString(ref).strip() : "";
            return ModelId.isCommit(text) ? text : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** Makes the revision mean {@code commit} from now on. */
    void remember(ModelId id, String commit) {
        if (id.isCommit() || commit.equals(commit(id))) {
            return;
        }
        Path ref = ref(id);
        try {
            Files.createDirectories(ref.resolveSibling("."));
            String once = UUID.randomUUID().toString().substring(0, 8);
            Path whole =
                    ref.resolveSibling("%s.%s%s".formatted(ref.getFileName(), once, TEMPORARY));
            Files.writeString(whole, commit);
            Files.move(whole, ref, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw cannotWrite(ref, e);
        }
    }

    /**
     * Makes the root, and marks it for backup tools, if nobody has.
     *
     * @throws BadInputException if there can be no such folder
     */
    void open() {
        try {
            Files.createDirectories(root);
        } catch (IOException e) {
            throw new BadInputException(
                    "the cache's folder %s cannot be made: %s; HF_HUB_CACHE or HF_HOME names another"
                            .formatted(
                                    root,
                                    e instanceof NoSuchFileException
                                            ? "its place takes no folders"
                                            : Reasons.of(e)),
                    e);
        }
        try {
            Files.writeString(root.resolve("CACHEDIR.TAG"), TAG, StandardOpenOption.CREATE_NEW);
        } catch (IOException e) {
            // It is there, or it cannot be made; then the files to come give a better error.
        }
    }

    /** All snapshots of pipelines, by name; one that has several refs comes several times. */
    List<CachedModel> models() {
        List<CachedModel> models = new ArrayList<>();
        for (Path folder : entries(root)) {
            Matcher repo = REPO.matcher(String.valueOf(folder.getFileName()));
            if (repo.matches()) {
                models(new ModelId(repo.group(1), repo.group(2), ModelId.MAIN), models);
            }
        }
        return models;
    }

    private void models(ModelId id, List<CachedModel> models) {
        Set<String> unnamed = new LinkedHashSet<>();
        Path snapshots = repo(id).resolve("snapshots");
        if (!Files.isReadable(snapshots)) {
            return; // a shared cache may hold what is not for everybody
        }
        entries(snapshots).forEach(s -> unnamed.add(String.valueOf(s.getFileName())));
        for (String revision : revisions(id)) {
            String commit = read(repo(id).resolve("refs").resolve(revision));
            if (commit != null) {
                add(new ModelId(id.org(), id.name(), revision), commit, models);
                unnamed.remove(commit);
            }
        }
        unnamed.stream()
                .filter(ModelId::isCommit)
                .forEach(c -> add(new ModelId(id.org(), id.name(), c), c, models));
    }

    private void add(ModelId id, String commit, List<CachedModel> models) {
        Path folder = snapshot(id, commit);
        if (Files.isRegularFile(folder.resolve(ModelFiles.INDEX))) {
            models.add(new CachedModel(id, commit, folder));
        }
    }

    /** The files of the branches and tags that mean {@code commit}. */
    List<Path> refs(ModelId id, String commit) {
        Path refs = repo(id).resolve("refs");
        return revisions(id).stream()
                .map(refs::resolve)
                .filter(ref -> commit.equals(read(ref)))
                .toList();
    }

    private Set<String> revisions(ModelId id) {
        Path refs = repo(id).resolve("refs");
        if (!Files.isDirectory(refs)) {
            return Set.of();
        }
        try (Stream<Path> files = Files.walk(refs, REF_DEPTH)) {
            Set<String> names = new TreeSet<>();
            files.filter(Files::isRegularFile)
                    .map(f -> refs.relativize(f).toString().replace('\\', '/'))
                    .filter(name -> !name.endsWith(TEMPORARY))
                    .forEach(names::add);
            return names;
        } catch (IOException | UncheckedIOException e) {
            return Set.of(); // somebody else's: its snapshots are found by their commits
        }
    }

    private static List<Path> entries(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            throw Untrusted.cannotRead(folder, e);
        }
    }

    static SvgenException cannotWrite(Path path, IOException e) {
        return e instanceof ClosedByInterruptException
                ? Interruptions.stopped(e)
                : new BadInputException("cannot write %s: %s".formatted(path, Reasons.of(e)), e);
    }
}
