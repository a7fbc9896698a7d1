package org.svgen.tensor.device;

import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.svgen.tensor.DType;
import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Ops;

/**
 * A backend that threads may share and that may be closed at any time: each call waits for its
 * turn, and asks first whether the run that it belongs to must stop. No model can forget to.
 */
public final class GuardedBackend implements Backend {
    private final Backend backend;
    private final Turnstile turnstile;
    private final Ops ops;

    private GuardedBackend(Backend backend, Turnstile turnstile) {
        this.backend = backend;
        this.turnstile = turnstile;
        this.ops = new GuardedOps();
    }

    /**
     * {@return a guarded backend}
     *
     * @param name of the device
     * @param open makes the backend, which long operations ask now and then, on the thread that
     *     called them, whether to go on; what it is given throws if not
     */
    public static Backend of(String name, Function<Runnable, Backend> open) {
        Turnstile turnstile = new Turnstile(name);
        return new GuardedBackend(open.apply(turnstile::poll), turnstile);
    }

    private <T> T inTurn(Supplier<T> work) {
        turnstile.begin();
        try {
            return work.get();
        } finally {
            turnstile.leave();
        }
    }

    /** As above without asking: what a device says of itself is no part of a run. */
    private <T> T told(Supplier<T> work) {
        try (Lease turn = turnstile.enter(() -> {})) {
            return work.get();
        }
    }

    private void inTurn(Runnable work) {
        turnstile.begin();
        try {
            work.run();
        } finally {
            turnstile.leave();
        }
    }

    @Override
    public Lease lease(Runnable asked) {
        return turnstile.enter(asked);
    }

    @Override
    public void ask() {
        turnstile.poll();
    }

    @Override
    public String name() {
        return backend.name();
    }

    @Override
    public String description() {
        return told(backend::description); // which may measure
    }

    @Override
    public String summary() {
        return told(backend::summary);
    }

    @Override
    public String arithmetic() {
        return told(backend::arithmetic); // which may measure
    }

    @Override
    public SequencedMap<String, List<String>> kernels() {
        return told(backend::kernels);
    }

    @Override
    public Ops ops() {
        return ops;
    }

    @Override
    public Storage allocate(long bytes) {
        return inTurn(() -> backend.allocate(bytes));
    }

    @Override
    public void release(Storage storage) {
        turnstile.giveBack(() -> backend.release(storage));
    }

    @Override
    public Tensor upload(Tensor host) {
        return inTurn(() -> backend.upload(host));
    }

    @Override
    public Tensor upload(Tensor host, DType dtype) {
        return inTurn(() -> backend.upload(host, dtype));
    }

    @Override
    public DType activation() {
        return backend.activation();
    }

    @Override
    public void write(Tensor host, Tensor tensor) {
        inTurn(() -> backend.write(host, tensor));
    }

    @Override
    public void download(Tensor tensor, Tensor host) {
        inTurn(() -> backend.download(tensor, host));
    }

    @Override
    public Download beginDownload(Tensor tensor, Tensor host) {
        Download download = inTurn(() -> backend.beginDownload(tensor, host));
        return () -> inTurn(download::await);
    }

    @Override
    public void synchronize() {
        inTurn(backend::synchronize);
    }

    @Override
    public boolean readsHost() {
        return backend.readsHost();
    }

    @Override
    public Feed feed() {
        return new GuardedFeed(inTurn(backend::feed));
    }

    @Override
    public int ranks() {
        return backend.ranks();
    }

    @Override
    public Optional<Link> link() {
        return backend.link().map(GuardedLink::new);
    }

    @Override
    public long scratchBytes(Op op) {
        return backend.scratchBytes(op);
    }

    @Override
    public Optional<String> refuses(Op op) {
        return backend.refuses(op);
    }

    @Override
    public Memory memory() {
        return backend.memory();
    }

    @Override
    public long capacity() {
        return told(backend::capacity);
    }

    @Override
    public void close() {
        turnstile.close(backend::close);
    }

    private final class GuardedOps implements Ops {
        @Override
        public void run(Op op) {
            inTurn(() -> backend.ops().run(op));
        }

        @Override
        public void spread(Tensor rows) {
            inTurn(() -> backend.ops().spread(rows));
        }

        @Override
        public void apart(int unit) {
            inTurn(() -> backend.ops().apart(unit));
        }

        /** Of no device's turn: a run that was stopped ends its unit too. */
        @Override
        public void together() {
            backend.ops().together();
        }
    }

    private final class GuardedLink implements Link {
        private final Link link;

        GuardedLink(Link link) {
            this.link = link;
        }

        @Override
        public Mark mark() {
            return inTurn(link::mark);
        }

        @Override
        public void await(Mark mark) {
            inTurn(() -> link.await(mark));
        }

        @Override
        public void copy(Rows from, Rows to, long width, long rows) {
            inTurn(() -> link.copy(from, to, width, rows));
        }
    }

    private final class GuardedFeed implements Feed {
        private final Feed feed;
        private boolean closed;

        GuardedFeed(Feed feed) {
            this.feed = feed;
        }

        @Override
        public void turn() {
            inTurn(feed::turn);
        }

        @Override
        public void write(Tensor host, Tensor tensor) {
            inTurn(() -> feed.write(host, tensor));
        }

        @Override
        public void close() {
            turnstile.giveBack(() -> {
                if (!closed) {
                    closed = true;
                    feed.close();
                }
            });
        }
    }
}
