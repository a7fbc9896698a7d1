package org.svgen.tensor.ranks;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.FillOp;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.SplitHeadsOp;

/**
 * Does operations on all ranks: rows that were spread where they are at home, attention by heads,
 * and all else on every rank, of operands that each has fetched.
 */
final class RanksOps implements Ops {
    private final Team team;
    private final HeadWork heads;
    private int alone = Holdings.EVERYWHERE;

    RanksOps(Team team) {
        this.team = team;
        this.heads = new HeadWork(team);
    }

    @Override
    public void run(Op op) {
        team.group().requireAll();
        if (alone >= 0) {
            alone(op);
        } else if (!heads.run(op) && !splitHeads(op) && !byRows(op)) {
            everywhere(op);
        }
        team.finish();
    }

    @Override
    public void spread(Tensor rows) {
        if (!(rows.storage() instanceof RankStorage storage)) {
            return;
        }
        bring(List.of(rows));
        long bytes = (long) rows.size(-1) * rows.dtype().bytes();
        for (int rank = 0; rank < team.size(); rank++) {
            Share share = Share.of(rows.bytes() / bytes, rank, team.size());
            storage.holdings()
                    .only(
                            rank,
                            rows.offset() + share.from() * bytes,
                            rows.offset() + share.to() * bytes);
        }
        team.finish();
    }

    @Override
    public void apart(int unit) {
        alone = unit % team.size();
    }

    @Override
    public void together() {
        alone = Holdings.EVERYWHERE;
    }

    /** The rank that does a unit by itself, or the first. */
    int reader() {
        return Math.max(alone, 0);
    }

    /** Lets one rank do all of it. The others lack then what it wrote, or may have written. */
    private void alone(Op op) {
        List<Tensor> operands = new ArrayList<>(op.tensors());
        Tensor result = Results.overwritten(op);
        if (result != null) {
            operands.removeLast();
        }
        operands.forEach(this::settle);
        Exchange exchange = new Exchange();
        operands.forEach(operand -> exchange.fetch(alone, operand));
        exchange.run(team.group());
        team.run(rank -> rank == alone ? List.of(op) : List.of());
        for (Tensor written : result != null ? List.of(result) : operands) {
            if (written.storage() instanceof RankStorage s && !s.constant()) {
                s.holdings().only(alone, written.offset(), written.offset() + written.bytes());
            }
        }
    }

    /** Lets every rank have all of these. */
    void bring(List<Tensor> tensors) {
        Exchange exchange = new Exchange();
        for (Tensor tensor : tensors) {
            settle(tensor);
            for (int rank = 0; rank < team.size(); rank++) {
                exchange.fetch(rank, tensor);
            }
        }
        exchange.run(team.group());
    }

    /** Lets one rank have all of this. */
    void bring(int rank, Tensor tensor) {
        settle(tensor);
        Exchange exchange = new Exchange();
        exchange.fetch(rank, tensor);
        exchange.run(team.group());
    }

    /** Notes that every rank has this. */
    static void written(Tensor tensor) {
        HeadWork.written(tensor, 1).accept(new Rows(Holdings.EVERYWHERE, 0, 1));
    }

    private void everywhere(Op op) {
        List<Tensor> operands = new ArrayList<>(op.tensors());
        Tensor result = Results.overwritten(op);
        if (result != null) {
            operands.remove(operands.size() - 1);
        }
        bring(operands);
        team.run(_ -> List.of(op));
        if (result != null) {
            written(result);
        }
    }

    private boolean byRows(Op op) {
        RowWork work = RowWork.of(op).orElse(null);
        if (work == null) {
            return false;
        }
        List<Rows> rows = null;
        for (Tensor read : work.reads()) {
            Optional<List<Rows>> homes = Rows.of(read, work.rows());
            if (homes.isPresent()) {
                rows = homes.get();
                break;
            }
        }
        if (rows == null || work.reads().stream().anyMatch(this::isSum)) {
            return false;
        }
        List<Rows> all = rows;
        Exchange exchange = new Exchange();
        for (int rank = 0; rank < team.size(); rank++) {
            for (Rows part : all) {
                if (part.of(rank)) {
                    for (Tensor read : work.reads()) {
                        exchange.fetch(
                                rank, RowWork.rows(read, work.rows(), part.from(), part.to()));
                    }
                }
            }
        }
        exchange.run(team.group());
        Tensor counter = work.counter();
        if (counter != null) {
            add(counter);
        }
        team.run(rank ->
                all.stream()
                        .filter(part -> part.of(rank))
                        .map(part ->
                                work.part()
                                        .of(
                                                part.from(),
                                                part.to(),
                                                part.home() == rank || rank == 0))
                        .toList());
        for (Tensor written : work.writes()) {
            all.forEach(HeadWork.written(written, work.rows()));
        }
        return true;
    }

    private boolean splitHeads(Op op) {
        if (!(op instanceof SplitHeadsOp o)) {
            return false;
        }
        List<List<Rows>> homes = new ArrayList<>();
        for (int b = 0; b < o.x().size(0); b++) {
            Optional<List<Rows>> rows = Rows.of(o.x().get(b), o.x().size(1));
            if (rows.isEmpty()) {
                bring(List.of(o.x().get(b)));
            }
            homes.add(rows.orElse(List.of(new Rows(Holdings.EVERYWHERE, 0, o.x().size(1)))));
        }
        team.run(rank -> {
            List<Op> mine = new ArrayList<>();
            for (int b = 0; b < homes.size(); b++) {
                for (Rows rows : homes.get(b)) {
                    if (rows.of(rank)) {
                        mine.add(split(o, b, (int) rows.from(), (int) rows.to()));
                    }
                }
            }
            return mine;
        });
        for (int b = 0; b < homes.size(); b++) {
            for (int h = 0; h < o.x().size(2); h++) {
                Tensor head = o.out().get(b).get(h);
                int from = o.outFrom();
                int tokens = o.x().size(1);
                homes.get(b).forEach(HeadWork.written(head.rows(from, from + tokens), tokens));
            }
        }
        return true;
    }

    /** Of some tokens, with those rows of the tables that are theirs. */
    private static SplitHeadsOp split(SplitHeadsOp o, int b, int from, int to) {
        Tensor x = o.x();
        Tensor out = o.out();
        Tensor cos = o.cos();
        Tensor sin = o.sin();
        int begin = 0;
        if (cos != null && sin != null) {
            int first = Math.max(from, o.ropeFrom());
            int last = Math.min(to, o.ropeFrom() + cos.size(0));
            boolean any = first < last;
            cos = any ? cos.rows(first - o.ropeFrom(), last - o.ropeFrom()) : null;
            sin = any ? sin.rows(first - o.ropeFrom(), last - o.ropeFrom()) : null;
            begin = any ? first - from : 0;
        }
        return new SplitHeadsOp(
                x.get(b).rows(from, to).reshape(1, to - from, x.size(2), x.size(3)),
                o.norm(),
                cos,
                sin,
                begin,
                o.outFrom() + from,
                out.get(b).reshape(1, out.size(1), out.size(2), out.size(3)));
    }

    private boolean isSum(Tensor tensor) {
        return tensor.storage() instanceof RankStorage s
                && s.holdings().over(tensor.offset(), tensor.offset() + tensor.bytes()).stream()
                        .anyMatch(span -> span.home() == Holdings.SUM);
    }

    /** From now on each rank adds to its own part of the counts. */
    private void add(Tensor counter) {
        if (!isSum(counter) && counter.storage() instanceof RankStorage s) {
            bring(List.of(counter));
            team.run(rank -> rank == 0 ? List.of() : List.of(new FillOp(0, counter)));
            s.holdings().sum(counter.offset(), counter.offset() + counter.bytes());
        }
    }

    /** Adds parts up where there are some; every rank has the sum then. */
    private void settle(Tensor tensor) {
        if (!isSum(tensor)) {
            return;
        }
        RankStorage s = (RankStorage) tensor.storage();
        for (Holdings.Span span :
                s.holdings().over(tensor.offset(), tensor.offset() + tensor.bytes())) {
            if (span.home() == Holdings.SUM) {
                long first = (span.from() - tensor.offset()) / Integer.BYTES;
                long last = (span.to() - tensor.offset()) / Integer.BYTES;
                settle(s, tensor.reshape(tensor.elements()).rows(first, last));
            }
        }
    }

    private void settle(RankStorage storage, Tensor counts) {
        int n = Math.toIntExact(counts.elements());
        try (Arena arena = Arena.ofShared()) {
            List<Tensor> parts =
                    team.group()
                            .all(rank -> {
                                Tensor host = Tensor.zeros(arena, counts.dtype(), n);
                                rank.backend()
                                        .download(RankStorage.local(counts, rank.index()), host);
                                return host;
                            });
            int[] sums = new int[n];
            for (Tensor part : parts) {
                for (int i = 0; i < n; i++) {
                    sums[i] += part.host().getAtIndex(ValueLayout.JAVA_INT, i);
                }
            }
            Tensor sum = Tensor.of(arena, sums, n);
            team.group()
                    .all(rank -> {
                        rank.backend().write(sum, RankStorage.local(counts, rank.index()));
                        return true;
                    });
        }
        storage.holdings().everywhere(counts.offset(), counts.offset() + counts.bytes());
    }
}
