package org.svgen.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;

/**
 * Files of the web in a folder here, downloaded as those of a hub are: whole and with the right
 * hash or not at all, from where an earlier attempt ended.
 */
public final class WebFiles {
    private static final int MAX_FIRST_CONNECTIONS = 2;

    private final HubSettings settings;
    private final Path folder;
    private final List<WebFile> files;

    /**
     * Files of a folder.
     *
     * @param settings how patient to be, and which proxies to use; their token goes to the hub
     *     alone
     * @param folder where the files belong
     * @param files all of them
     */
    public WebFiles(HubSettings settings, Path folder, List<WebFile> files) {
        Objects.requireNonNull(settings, "settings");
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(files, "files");
        this.settings = settings;
        this.folder = folder;
        this.files = List.copyOf(files);
    }

    /** {@return bytes of all files} */
    public long total() {
        return files.stream().mapToLong(WebFile::size).sum();
    }

    /** {@return bytes that are left to fetch} */
    public long toDownload() {
        return total() - files.stream().mapToLong(this::here).sum();
    }

    /** {@return bytes that the folder's disk has left} */
    public long free() {
        return PullPlanner.free(folder);
    }

    private Path place(WebFile file) {
        return folder.resolve(file.name());
    }

    private long here(WebFile file) {
        Path whole = place(file);
        if (Snapshot.has(whole, file.size())) {
            return file.size();
        }
        try {
            Path begun = Snapshot.partial(whole);
            return Files.exists(begun) ? Math.min(Files.size(begun), file.size()) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    /**
     * Fetches what is missing. May be called again after any end, and goes on then.
     *
     * @param listener gets what happens; may cancel
     * @throws BadInputException if a file cannot be had, or does not fit on the disk
     * @throws PullStoppedException if the listener wanted it
     * @throws SvgenException if the other side is in trouble or sends wrong contents
     */
    public void fetch(PullListener listener) {
        Objects.requireNonNull(listener, "listener");
        if (settings.offline() && toDownload() > 0) {
            throw new BadInputException(
                    "HF_HUB_OFFLINE is set: nothing can be downloaded to " + folder);
        }
        if (toDownload() > free()) {
            throw new BadInputException(
                    "%d MB are to be downloaded, but only %d MB are free in %s"
                            .formatted(toDownload() / 1_000_000, free() / 1_000_000, folder));
        }
        List<One> all = files.stream().map(file -> new One(file, listener)).toList();
        try (Http http = new Http(settings, listener::cancelled)) {
            AtOnce.run(
                    all.stream().map(one -> (AtOnce.Task) () -> one.run(http)).toList(),
                    () -> {
                        report(all, listener);
                        requireWanted(listener);
                    });
        }
        report(all, listener);
    }

    private void report(List<One> all, PullListener listener) {
        listener.progress(all.stream().mapToLong(one -> one.done.get()).sum(), total());
    }

    private static void requireWanted(PullListener listener) {
        if (listener.cancelled()) {
            throw new PullStoppedException();
        }
    }

    /** One file on its way. */
    private final class One implements Transfer.Source {
        private final WebFile file;
        private final PullListener listener;
        private final AtomicLong done;

        One(WebFile file, PullListener listener) {
            this.file = file;
            this.listener = listener;
            this.done = new AtomicLong(here(file));
        }

        void run(Http http) throws InterruptedException {
            Path place = folder.resolve(file.name());
            Path lock = place.resolveSibling(file.name() + ".lock");
            try (FileGuard guard = FileGuard.take(lock, listener, this::tellThatWeWait)) {
                if (!Snapshot.has(place, file.size())) {
                    download(http, place, guard.exclusive());
                }
            }
            done.set(file.size());
        }

        private void download(Http http, Path place, boolean exclusive)
                throws InterruptedException {
            Path path = exclusive ? Snapshot.partial(place) : Snapshot.unique(place);
            Runnable wanted = () -> requireWanted(listener);
            try (Partial partial = Partial.open(path, file.content(), wanted)) {
                new Transfer(settings, listener, http, this, file.content(), done).into(partial);
                partial.publish(place);
            }
        }

        private void tellThatWeWait() {
            listener.note(label() + ": waiting for another process that downloads it");
        }

        @Override
        public String label() {
            return "%s of %s".formatted(file.name(), sender());
        }

        @Override
        public String sender() {
            return file.address().getHost();
        }

        @Override
        public String elsewhere() {
            return "try again later";
        }

        @Override
        public URI address() {
            return file.address();
        }

        /** As long as nothing has come, a host that is not found will hardly be. */
        @Override
        public Retry.Tries tries(int attempts) {
            return new Retry.Tries(done.get() == 0 ? MAX_FIRST_CONNECTIONS : attempts, attempts);
        }

        /** Whoever knows the hash knows the file: what is there now is another. */
        @Override
        public SvgenException wrongContent(String message) {
            return new BadInputException(message);
        }

        @Override
        public void check(Http.Answer answer) throws IOException {
            int status = answer.status();
            if (status >= 200 && status < 400) {
                return;
            }
            answer.close();
            if (status == 408 || status == 429 || status >= 500) {
                throw new TransientException(
                        "%s is in trouble (HTTP %d)".formatted(sender(), status),
                        RetryAfter.of(answer, Instant.now()));
            }
            throw new BadInputException(
                    "%s: expected a file at %s, found HTTP %d"
                            .formatted(label(), file.address(), status));
        }
    }
}
