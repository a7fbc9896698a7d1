package org.svgen.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.svgen.checkpoint.ModelFiles;
import org.svgen.checkpoint.OtherLayout;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.BadInputException;

/** Finds out what has to be fetched, without writing anything. */
final class PullPlanner {
    private final Cache cache;
    private final HubApi api;
    private final Function<String, Set<String>> components;
    private final Set<String> elsewhere;

    PullPlanner(
            Cache cache,
            HubApi api,
            Function<String, Set<String>> components,
            Set<String> elsewhere) {
        this.cache = cache;
        this.api = api;
        this.components = components;
        this.elsewhere = elsewhere;
    }

    PullPlan plan() {
        RemoteRepo repo = api.repo();
        ModelFiles model = ModelFiles.of(new RemoteSource(repo), components, elsewhere);
        requireUsable(repo, model);
        requireApart(repo, model.files());
        Path folder = cache.snapshot(repo.id(), repo.commit());
        List<PullPlan.File> files =
                model.files().stream()
                        .map(name -> known(repo, name))
                        .map(f -> file(repo, f))
                        .toList();
        return new PullPlan(
                repo.id(),
                repo.commit(),
                repo.licence(),
                model.pipelineClass(),
                folder,
                files,
                free(folder));
    }

    /** What it takes to have one file of a repository by itself. */
    PullPlan plan(HubFile one) {
        RemoteRepo repo = api.repo();
        String name = Candidates.only(one, repo.files().keySet());
        requireApart(repo, List.of(name));
        Path folder = cache.snapshot(repo.id(), repo.commit());
        return new PullPlan(
                repo.id(),
                repo.commit(),
                repo.licence(),
                name,
                folder,
                List.of(file(repo, known(repo, name))),
                free(folder));
    }

    /** That each of them can be a file of its own here, and on systems that ignore case, too. */
    private static void requireApart(RemoteRepo repo, List<String> names) {
        Map<String, String> seen = new HashMap<>();
        for (String name : names) {
            String plain = Normalizer.normalize(name, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
            String before = seen.put(plain, name);
            if (before != null) {
                throw new BadInputException(
                        "%s: the names of %s and %s differ in case alone, so one would replace the other"
                                .formatted(
                                        repo.id(),
                                        Untrusted.quoted(before),
                                        Untrusted.quoted(name)));
            }
            // On Windows it stands behind a disk, or before a hidden part of a file.
            if (name.indexOf(':') >= 0) {
                throw new BadInputException(
                        "%s: a pull needs %s, and a name with a colon is not safe on all systems, so nothing was downloaded"
                                .formatted(repo.id(), Untrusted.quoted(name)));
            }
            try {
                Path _ = Path.of(name);
            } catch (InvalidPathException e) {
                throw new BadInputException(
                        "%s: no file can have the name %s here; under a locale with UTF-8 it may (LC_ALL=C.UTF-8)"
                                .formatted(repo.id(), Untrusted.quoted(name)),
                        e);
            }
        }
    }

    private static void requireUsable(RemoteRepo repo, ModelFiles model) {
        if (model.missing().contains(ModelFiles.INDEX)) {
            throw new BadInputException(
                    "%s has no %s: it is no model in diffusers' layout; %s"
                            .formatted(
                                    repo.id(),
                                    ModelFiles.INDEX,
                                    OtherLayout.of(repo.id().repo(), repo.files().keySet())));
        }
        if (!model.missing().isEmpty()) {
            throw new BadInputException(
                    "%s cannot be used: on the hub, %s; of weights, only .safetensors files are read"
                            .formatted(repo.id(), model.missingText()));
        }
    }

    private RemoteFile known(RemoteRepo repo, String name) {
        RemoteFile file = RemoteSource.file(repo, name);
        RemoteFile known = file.isKnown() ? file : api.about(repo.commit(), file);
        if (!known.isKnown()) {
            throw new BadInputException(
                    "%s: the hub gives neither size nor hash of %s; is HF_ENDPOINT a Hugging Face hub?"
                            .formatted(repo.id(), name));
        }
        return known;
    }

    private PullPlan.File file(RemoteRepo repo, RemoteFile file) {
        long here = here(repo, file);
        return new PullPlan.File(
                file.name(),
                file.size(),
                file.hash(),
                here,
                here == file.size() ? Optional.empty() : cache.heldElsewhere(repo.id(), file));
    }

    private long here(RemoteRepo repo, RemoteFile file) {
        Path blob = cache.blob(repo.id(), file.hash());
        Path pointer = cache.snapshot(repo.id(), repo.commit()).resolve(file.name());
        if (Snapshot.has(pointer, file.size()) || Snapshot.has(blob, file.size())) {
            return file.size();
        }
        try {
            Path partial = Snapshot.partial(blob);
            return Files.isRegularFile(partial) ? Math.min(Files.size(partial), file.size()) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    static long free(Path folder) {
        for (Path at = folder; at != null; at = at.getParent()) {
            if (Files.exists(at)) {
                try {
                    return Files.getFileStore(at).getUsableSpace();
                } catch (IOException e) {
                    return Long.MAX_VALUE;
                }
            }
        }
        return Long.MAX_VALUE;
    }

    /** A repository whose files are read from the hub. */
    private final class RemoteSource implements ModelFiles.Source {
        private final RemoteRepo repo;

        RemoteSource(RemoteRepo repo) {
            this.repo = repo;
        }

        static RemoteFile file(RemoteRepo repo, String name) {
            RemoteFile file = repo.files().get(name);
            if (file == null) {
                throw new IllegalArgumentException(name);
            }
            return file;
        }

        @Override
        public Path place() {
            return Path.of(repo.id().org(), repo.id().name());
        }

        @Override
        public boolean has(String name) {
            return repo.files().containsKey(name);
        }

        @Override
        public Set<String> filesIn(String component) {
            String in = component + "/";
            return repo.files().keySet().stream()
                    .filter(name -> name.startsWith(in) && name.indexOf('/', in.length()) < 0)
                    .map(name -> name.substring(in.length()))
                    .collect(Collectors.toSet());
        }

        @Override
        public byte[] read(String name) {
            return api.read(repo.commit(), file(repo, name));
        }
    }
}
