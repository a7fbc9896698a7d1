package org.svgen.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.ModelFiles;
import org.svgen.checkpoint.OtherLayout;
import org.svgen.files.Reasons;
import org.svgen.files.Scratch;
import org.svgen.tensor.BadInputException;

/**
 * A Hugging Face hub and its cache on disk. A file comes into the cache whole and with the right
 * hash or not at all, and a branch means a snapshot only once that is complete.
 */
public final class Hub {
    private final HubSettings settings;
    private final Function<String, Set<String>> components;
    private final Set<String> elsewhere;
    private final Cache cache;

    /**
     * A hub and a cache.
     *
     * @param settings where the cache and the hub are
     * @param components says which components the pipeline of a class reads; throws {@link
     *     BadInputException} if it knows no such class
     */
    public Hub(HubSettings settings, Function<String, Set<String>> components) {
        this(settings, components, Set.of());
    }

    /**
     * The same for models of which somebody has the weights of some components already.
     *
     * @param settings where the cache and the hub are
     * @param components says which components the pipeline of a class reads
     * @param elsewhere components of which only the configuration is fetched
     */
    public Hub(
            HubSettings settings, Function<String, Set<String>> components, Set<String> elsewhere) {
        Objects.requireNonNull(settings, "settings");
        Objects.requireNonNull(components, "components");
        this.settings = settings;
        this.components = components;
        Objects.requireNonNull(elsewhere, "elsewhere");
        this.elsewhere = Set.copyOf(elsewhere);
        this.cache = new Cache(settings.cache());
    }

    /**
     * {@return the folder of a model that is complete here; asks nobody}
     *
     * @param id the model
     */
    public Optional<Path> find(ModelId id) {
        Path folder = snapshot(id);
        return folder != null && ModelFiles.of(folder, components, elsewhere).missing().isEmpty()
                ? Optional.of(folder)
                : Optional.empty();
    }

    /** {@return all pipelines in the cache, complete or not, by name} */
    public List<CachedModel> cached() {
        return cache.models();
    }

    /**
     * {@return what {@link #pull} would do} Writes nothing.
     *
     * @param id the model
     * @param listener gets what happens; may cancel
     * @throws BadInputException if there is no such model, if it is of no use, or if we are offline
     */
    public PullPlan plan(ModelId id, PullListener listener) {
        if (settings.offline()) {
            throw nobodyToAsk(id);
        }
        try (Http http = new Http(settings, listener::cancelled)) {
            return plan(id, http, listener);
        }
    }

    /**
     * What a plan needs to know of a model: configs, and the headers of weights. The cache is not
     * written to.
     *
     * @param id the model
     * @param listener gets what happens; may cancel
     * @return to be closed by the caller
     * @throws BadInputException as {@link #plan}
     * @throws PullStoppedException if the listener wanted it
     * @throws org.svgen.tensor.SvgenException if the hub is in trouble or sends wrong contents
     */
    public ModelPreview preview(ModelId id, PullListener listener) {
        if (settings.offline()) {
            throw nobodyToAsk(id);
        }
        try (Http http = new Http(settings, listener::cancelled)) {
            PullPlan plan = plan(id, http, listener);
            Scratch scratch = scratch(Path.of(System.getProperty("java.io.tmpdir")));
            try {
                Path folder = new Cache(scratch.path()).snapshot(id, plan.commit());
                HubApi api = new HubApi(settings, http, listener, id);
                new PreviewFetch(cache, api, plan, listener, folder, PreviewFetch.MAX_BYTES).run();
                return new ModelPreview(plan, scratch, folder);
            } catch (RuntimeException e) {
                scratch.close();
                throw e;
            }
        }
    }

    private static Scratch scratch(Path temporary) {
        try {
            return Scratch.in(temporary, "svgen-plan");
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot write to %s, the folder for temporary files: %s"
                            .formatted(temporary, Reasons.of(e)),
                    e);
        }
    }

    private static BadInputException nobodyToAsk(ModelId id) {
        return new BadInputException(
                "HF_HUB_OFFLINE is set: nobody can be asked about " + id + twin(id));
    }

    /**
     * Fetches what is missing of a model. May be called again after any end, and goes on then.
     *
     * @param id the model
     * @param listener gets what happens; may cancel
     * @return the model's folder
     * @throws BadInputException if the model cannot be had, or does not fit on the disk
     * @throws PullStoppedException if the listener wanted it
     * @throws org.svgen.tensor.SvgenException if the hub is in trouble or sends wrong contents
     */
    public Path pull(ModelId id, PullListener listener) {
        if (settings.offline()) {
            return offline(id, listener);
        }
        try (Http http = new Http(settings, listener::cancelled)) {
            PullPlan plan = plan(id, http, listener);
            fetch(plan, http, new HubApi(settings, http, listener, id), listener);
            cache.remember(id, plan.commit());
            return plan.folder();
        }
    }

    /**
     * {@return a file by itself that is here; asks nobody}
     *
     * @param file with its name in the repository
     */
    public Optional<Path> find(HubFile file) {
        return new CachedFiles(cache).find(file);
    }

    /**
     * Fetches a file by itself, such as an adapter, if it is not here.
     *
     * @param file in a repository; where it has no name, the only one of weights
     * @param listener gets what happens; may cancel
     * @return the file in the cache
     * @throws BadInputException if there is no such file, if several may be meant, or if it does
     *     not fit on the disk
     * @throws PullStoppedException if the listener wanted it
     * @throws org.svgen.tensor.SvgenException if the hub is in trouble or sends wrong contents
     */
    public Path pull(HubFile file, PullListener listener) {
        CachedFiles here = new CachedFiles(cache);
        if (settings.offline()) {
            return here.offline(file);
        }
        try (Http http = new Http(settings, listener::cancelled)) {
            HubApi api = new HubApi(settings, http, listener, file.repo());
            PullPlan plan = new PullPlanner(cache, api, components, elsewhere).plan(file);
            fetch(plan, http, api, listener);
            here.remember(file.repo(), plan.commit());
            return plan.folder().resolve(plan.files().getFirst().name());
        }
    }

    private void fetch(PullPlan plan, Http http, HubApi api, PullListener listener) {
        listener.planned(plan);
        requireRoom(plan);
        cache.open();
        Snapshot snapshot = new Snapshot(cache, plan, settings.symlinks());
        new Pull(settings, cache, http, api, plan, snapshot, listener).run();
    }

    /**
     * {@return the bytes that {@link #remove} would free}
     *
     * @param model one of {@link #cached}
     */
    public long bytes(CachedModel model) {
        try {
            return new Removal(cache, model).bytes();
        } catch (IOException e) {
            throw Removal.failed(model, e);
        }
    }

    /**
     * Takes a snapshot out of the cache, with its branches and with what no other snapshot needs.
     * Waits for downloads of the same files.
     *
     * @param model one of {@link #cached}
     * @param listener gets what the call waits for
     * @throws BadInputException if it cannot be removed
     * @throws PullStoppedException if the listener wanted it
     */
    public void remove(CachedModel model, PullListener listener) {
        try {
            new Removal(cache, model).run(listener);
        } catch (IOException e) {
            throw Removal.failed(model, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PullStoppedException();
        }
    }

    private PullPlan plan(ModelId id, Http http, PullListener listener) {
        try {
            HubApi api = new HubApi(settings, http, listener, id);
            return new PullPlanner(cache, api, components, elsewhere).plan();
        } catch (BadInputException e) {
            if (!(e.getCause() instanceof IOException)) {
                throw e;
            }
            ModelFiles here = part(id);
            String more = here == null ? "" : "; of %s here, %s".formatted(id, here.missingText());
            throw new BadInputException(e.getMessage() + more + twin(id), e);
        }
    }

    /** What is here of a model that is not whole; a download's end alone gives it a branch. */
    private @Nullable ModelFiles part(ModelId id) {
        Path folder = snapshot(id);
        return Stream.concat(
                        Stream.ofNullable(folder),
                        cache.models().stream()
                                .filter(m -> m.id().repo().equals(id.repo()) && m.id().isCommit())
                                .map(CachedModel::folder))
                .map(f -> ModelFiles.of(f, components, elsewhere))
                .filter(files -> !files.missing().isEmpty())
                .findFirst()
                .orElse(null);
    }

    private void requireRoom(PullPlan plan) {
        if (plan.toDownload() > plan.free()) {
            throw new BadInputException(
                    "%s: %d MB are to be downloaded, but only %d MB are free in %s; HF_HUB_CACHE names another folder"
                            .formatted(
                                    plan.id(),
                                    plan.toDownload() / 1_000_000,
                                    plan.free() / 1_000_000,
                                    cache.root()));
        }
    }

    private Path offline(ModelId id, PullListener listener) {
        Path folder = snapshot(id);
        ModelFiles here = folder == null ? part(id) : ModelFiles.of(folder, components, elsewhere);
        if (here != null) {
            here.requireComplete("HF_HUB_OFFLINE is set, and %s is incomplete".formatted(id));
        }
        if (folder == null) {
            throw new BadInputException(
                    "HF_HUB_OFFLINE is set, and %s has no %s%s"
                            .formatted(cache.root(), id, twin(id)));
        }
        listener.note("HF_HUB_OFFLINE is set: using what is here");
        return folder;
    }

    /** Where the model is to be had, if it is known not to be in this repository. */
    private static String twin(ModelId id) {
        return OtherLayout.twin(id.repo()).map(twin -> "; " + twin).orElse("");
    }

    private @Nullable Path snapshot(ModelId id) {
        String commit = cache.commit(id);
        Path folder = commit == null ? null : cache.snapshot(id, commit);
        return folder != null && Files.isDirectory(folder) ? folder : null;
    }
}
