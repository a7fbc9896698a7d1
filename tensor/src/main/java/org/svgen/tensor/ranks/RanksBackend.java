package org.svgen.tensor.ranks;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.svgen.tensor.DType;
import org.svgen.tensor.HostStorage;
import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Download;
import org.svgen.tensor.device.Feed;
import org.svgen.tensor.device.GuardedBackend;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Ops;

/**
 * Devices of one kind as one: each has all weights and a workspace of its own, laid out alike. What
 * comes out is what one of them alone would give, bit by bit. For one thread at a time.
 */
final class RanksBackend implements Backend {
    private final String name;
    private final int sharers;
    private final Group group;
    private final Team team;
    private final RanksOps ops;
    private final List<RankDownloads> downloads;
    private final Rank first;

    /**
     * @param sharers how many of them share one device's memory
     * @param patience how long others wait for one that gives no sign of life
     * @param asked throws to end the work
     */
    private RanksBackend(
            String name, List<Backend> devices, int sharers, Duration patience, Runnable asked) {
        this.name = name;
        this.sharers = sharers;
        group = new Group(devices, patience, asked);
        first = group.ranks().getFirst();
        team = new Team(group, first.backend().readsHost());
        ops = new RanksOps(team);
        downloads = group.ranks().stream().map(rank -> new RankDownloads(group, rank)).toList();
    }

    /** Takes the devices over; threads may share what this returns. */
    static Backend of(String name, List<Backend> devices, int sharers, Duration patience) {
        return GuardedBackend.of(
                name, asked -> new RanksBackend(name, devices, sharers, patience, asked));
    }

    private <T> T ask(java.util.function.Function<Backend, T> question) {
        return group.of(first, () -> question.apply(first.backend()));
    }

    private void each(Consumer<Rank> work) {
        group.all(rank -> {
            work.accept(rank);
            return true;
        });
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        return "%d ranks, each %s".formatted(team.size(), ask(Backend::description));
    }

    @Override
    public String summary() {
        return "%d ranks, each %s".formatted(team.size(), ask(Backend::summary));
    }

    /** That of one device: results are the same. */
    @Override
    public String arithmetic() {
        return ask(Backend::arithmetic);
    }

    @Override
    public SequencedMap<String, List<String>> kernels() {
        return ask(Backend::kernels);
    }

    @Override
    public Ops ops() {
        return ops;
    }

    @Override
    public Storage allocate(long bytes) {
        team.forget();
        return team.allocate(bytes);
    }

    @Override
    public void release(Storage storage) {
        if (!(storage instanceof RankStorage there)) {
            throw new IllegalArgumentException("storage is not live in this backend");
        }
        if (!group.lost()) {
            team.forget();
        }
        team.release(there);
    }

    @Override
    public Tensor upload(Tensor host) {
        return upload(host, host.dtype());
    }

    @Override
    public Tensor upload(Tensor host, DType dtype) {
        List<Tensor> there = group.all(rank -> rank.backend().upload(host, dtype));
        if (there.getFirst().storage() instanceof HostStorage && readsHost()) {
            return there.getFirst();
        }
        RankStorage storage = new RankStorage(there.stream().map(Tensor::storage).toList(), true);
        return new Tensor(dtype, host.shape(), storage, there.getFirst().offset());
    }

    @Override
    public DType activation() {
        return first.backend().activation();
    }

    @Override
    public void write(Tensor host, Tensor tensor) {
        Shared.reading(
                host,
                from ->
                        each(rank ->
                                rank.backend()
                                        .write(from, RankStorage.local(tensor, rank.index()))));
        RanksOps.written(tensor);
    }

    /** All come to the end of their work first, so that a device that is lost is noticed. */
    @Override
    public void download(Tensor tensor, Tensor host) {
        synchronize();
        ops.bring(0, tensor);
        Shared.writing(
                host,
                to ->
                        ask(backend -> {
                            backend.download(RankStorage.local(tensor, 0), to);
                            return true;
                        }));
    }

    @Override
    public Download beginDownload(Tensor tensor, Tensor host) {
        int reader = ops.reader();
        ops.bring(reader, tensor);
        return downloads.get(reader).begin(RankStorage.local(tensor, reader), host);
    }

    @Override
    public void synchronize() {
        each(rank -> rank.backend().synchronize());
    }

    @Override
    public int ranks() {
        return team.size();
    }

    @Override
    public boolean readsHost() {
        return first.backend().readsHost();
    }

    @Override
    public Feed feed() {
        List<Feed> feeds = group.all(rank -> rank.backend().feed());
        return new Feed() {
            @Override
            public void turn() {
                each(rank -> feeds.get(rank.index()).turn());
            }

            @Override
            public void write(Tensor host, Tensor tensor) {
                Shared.reading(
                        host,
                        from ->
                                each(rank ->
                                        feeds.get(rank.index())
                                                .write(
                                                        from,
                                                        RankStorage.local(tensor, rank.index()))));
                RanksOps.written(tensor);
            }

            @Override
            public void close() {
                if (!group.lost()) {
                    each(rank -> feeds.get(rank.index()).close());
                }
            }
        };
    }

    /** Of one device. */
    @Override
    public Memory memory() {
        return first.backend().memory();
    }

    @Override
    public long scratchBytes(Op op) {
        return first.backend().scratchBytes(op) + HeadWork.scratchBytes(op, team.size());
    }

    @Override
    public Optional<String> refuses(Op op) {
        return first.backend().refuses(op);
    }

    /** Of the device that has least. */
    @Override
    public long capacity() {
        return group.all(rank -> rank.backend().capacity()).stream()
                        .mapToLong(c -> c)
                        .min()
                        .orElseThrow()
                / sharers;
    }

    @Override
    public void close() {
        if (!group.lost()) {
            team.forget();
        }
        group.close();
    }
}
