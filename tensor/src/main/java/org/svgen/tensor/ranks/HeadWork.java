package org.svgen.tensor.ranks;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.AttentionOp;
import org.svgen.tensor.op.BlockAttentionOp;
import org.svgen.tensor.op.BlockMeansOp;
import org.svgen.tensor.op.BlockTail;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.ProfileOp;

/**
 * Operations of attention: each rank has some heads. It fetches the tokens that it lacks of them,
 * attends, and what comes of it goes back to where the tokens' rows are worked on (Ulysses).
 */
final class HeadWork {
    private final Team team;

    HeadWork(Team team) {
        this.team = team;
    }

    /** An operation on some heads, which writes into {@code out}. */
    private interface Part {
        Op of(Heads heads, List<Tensor> out);
    }

    /** Bytes beside the operands that each rank takes at most. */
    static long scratchBytes(Op op, int ranks) {
        return switch (op) {
            case AttentionOp o -> scratchBytes(o.q(), ranks, List.of(o.out()));
            case BlockAttentionOp o -> scratchBytes(o.q(), ranks, List.of(o.out()));
            case ProfileOp o -> scratchBytes(o.q(), ranks, List.of(o.errors(), o.energies()));
            default -> 0;
        };
    }

    private static long scratchBytes(Tensor q, int ranks, List<Tensor> results) {
        long most = 0;
        for (int rank = 0; rank < ranks; rank++) {
            long bytes = 0;
            for (Heads heads : Heads.of(q.size(0), q.size(1), rank, ranks)) {
                for (Tensor result : results) {
                    bytes += bytes(result, q, heads);
                }
            }
            most = Math.max(most, bytes);
        }
        return most;
    }

    /** Of these heads' part of a result that has equally much of each. */
    private static long bytes(Tensor result, Tensor q, Heads heads) {
        return Team.aligned(result.bytes() / ((long) q.size(0) * q.size(1)) * heads.count());
    }

    /** {@return whether the operation is done} */
    boolean run(Op op) {
        return switch (op) {
            case AttentionOp o ->
                    attend(
                            o.q(),
                            o.k(),
                            o.v(),
                            o.kinds() == null ? List.of() : List.of(o.kinds()),
                            o.out(),
                            (heads, out) ->
                                    new AttentionOp(
                                            heads.in(o.q()),
                                            heads.in(o.k()),
                                            heads.in(o.v()),
                                            o.plan(),
                                            o.kinds() == null ? null : heads.in(o.kinds()),
                                            o.scale(),
                                            o.precision(),
                                            out.getFirst()));
            case BlockAttentionOp o ->
                    attend(
                            o.q(),
                            o.k(),
                            o.v(),
                            BlocksOfHeads.shared(o),
                            o.out(),
                            (heads, out) ->
                                    new BlockAttentionOp(
                                            heads.in(o.q()),
                                            heads.in(o.k()),
                                            heads.in(o.v()),
                                            BlocksOfHeads.map(o.map(), heads, o.q().size(1)),
                                            o.tail() == null
                                                    ? null
                                                    : new BlockTail(
                                                            heads.in(o.tail().keys()),
                                                            heads.in(o.tail().values())),
                                            o.density(),
                                            o.scale(),
                                            out.getFirst()));
            case BlockMeansOp o -> means(o);
            case ProfileOp o -> profile(o);
            default -> false;
        };
    }

    /** Each rank has the means of its heads then. */
    private boolean means(BlockMeansOp o) {
        Tensor x = o.x();
        if (Rows.of(x, x.elements() / x.size(3)).isEmpty()
                || !(o.out().storage() instanceof RankStorage)) {
            return false;
        }
        List<Tensor> shared = new ArrayList<>();
        BlocksOfHeads.add(shared, o.blocks());
        if (o.which() != null) {
            shared.add(o.which());
        }
        fetch(List.of(x), shared);
        team.run(rank -> {
            List<Op> mine = new ArrayList<>();
            for (Heads heads : Heads.of(x.size(0), x.size(1), rank, team.size())) {
                mine.add(
                        new BlockMeansOp(
                                heads.in(x),
                                o.which() == null
                                        ? BlocksOfHeads.blocks(o.blocks(), heads, x.size(1))
                                        : o.blocks(),
                                o.which() == null ? null : heads.in(o.which()),
                                heads.in(o.out())));
            }
            return mine;
        });
        for (int rank = 0; rank < team.size(); rank++) {
            for (Heads heads : Heads.of(x.size(0), x.size(1), rank, team.size())) {
                written(heads.in(o.out()), 1).accept(new Rows(rank, 0, 1));
            }
        }
        return true;
    }

    private boolean attend(
            Tensor q, // [B, H, N, D]
            Tensor k,
            Tensor v,
            List<Tensor> shared,
            Tensor out, // [B, N, H, D]
            Part part) {
        int tokens = q.size(2);
        List<List<Rows>> homes = new ArrayList<>();
        for (int b = 0; b < q.size(0); b++) {
            Optional<List<Rows>> rows = Rows.of(q.get(b).get(0), tokens);
            if (rows.isEmpty() || !(out.storage() instanceof RankStorage)) {
                return false;
            }
            homes.add(rows.get());
        }
        fetch(List.of(q, k, v), shared);
        long dim = (long) q.size(3) * out.dtype().bytes();
        RankStorage scratch = team.scratch(scratchBytes(q, team.size(), List.of(out)));
        RankStorage to = (RankStorage) out.storage();
        Exchange back = new Exchange();
        List<List<Op>> work = new ArrayList<>();
        for (int rank = 0; rank < team.size(); rank++) {
            List<Op> mine = new ArrayList<>();
            long at = 0;
            for (Heads heads : Heads.of(q.size(0), q.size(1), rank, team.size())) {
                Tensor attended =
                        Team.within(scratch, at, out.dtype(), 1, tokens, heads.count(), q.size(3));
                mine.add(part.of(heads, List.of(attended)));
                long width = heads.count() * dim;
                long pitch = q.size(1) * dim;
                long first = out.offset() + (long) heads.batch() * tokens * pitch;
                for (Rows rows : homes.get(heads.batch())) {
                    for (int target = 0; target < team.size(); target++) {
                        if (rows.of(target)) {
                            back.add(
                                    new Copy(
                                            rank,
                                            target,
                                            new Copy.Place(
                                                    scratch, at + rows.from() * width, width),
                                            new Copy.Place(
                                                    to,
                                                    first
                                                            + rows.from() * pitch
                                                            + heads.from() * dim,
                                                    pitch),
                                            width,
                                            rows.to() - rows.from()));
                        }
                    }
                }
                at += bytes(out, q, heads);
            }
            work.add(mine);
        }
        team.run(work::get);
        back.run(team.group());
        for (int b = 0; b < q.size(0); b++) {
            homes.get(b).forEach(written(out.get(b), tokens));
        }
        return true;
    }

    /** Notes rows that were written by those who work on them. */
    static Consumer<Rows> written(Tensor tensor, long rows) {
        return r -> {
            if (tensor.storage() instanceof RankStorage s) {
                long bytes = tensor.bytes() / rows;
                long from = tensor.offset() + r.from() * bytes;
                long to = tensor.offset() + r.to() * bytes;
                if (r.home() == Holdings.EVERYWHERE) {
                    s.holdings().everywhere(from, to);
                } else {
                    s.holdings().only(r.home(), from, to);
                }
            }
        };
    }

    /**
     * Each rank gets what it lacks of its heads, and all of what says which keys they attend to.
     */
    private void fetch(List<Tensor> headed, List<Tensor> shared) {
        Exchange exchange = new Exchange();
        for (int rank = 0; rank < team.size(); rank++) {
            Tensor first = headed.getFirst();
            for (Heads heads : Heads.of(first.size(0), first.size(1), rank, team.size())) {
                for (Tensor tensor : headed) {
                    exchange.fetch(rank, heads.in(tensor));
                }
            }
            for (Tensor tensor : shared) {
                exchange.fetch(rank, tensor);
            }
        }
        exchange.run(team.group());
    }

    /** All ranks get all errors, which are few. */
    private boolean profile(ProfileOp o) {
        Tensor q = o.q();
        if (Rows.of(q, q.elements() / q.size(3)).isEmpty()
                || !(o.errors().storage() instanceof RankStorage errors)
                || !(o.energies().storage() instanceof RankStorage energies)) {
            return false;
        }
        fetch(List.of(q, o.k(), o.v()), List.of());
        RankStorage scratch =
                team.scratch(scratchBytes(q, team.size(), List.of(o.errors(), o.energies())));
        int kinds = o.errors().size(0);
        long all = (long) q.size(0) * q.size(1) * Float.BYTES;
        Exchange back = new Exchange();
        List<List<Op>> work = new ArrayList<>();
        for (int rank = 0; rank < team.size(); rank++) {
            List<Op> mine = new ArrayList<>();
            long at = 0;
            for (Heads heads : Heads.of(q.size(0), q.size(1), rank, team.size())) {
                long behind = at + bytes(o.errors(), q, heads);
                mine.add(
                        new ProfileOp(
                                heads.in(q),
                                heads.in(o.k()),
                                heads.in(o.v()),
                                o.rows(),
                                o.plan(),
                                o.keyLimit(),
                                o.scale(),
                                Team.within(scratch, at, DType.F32, kinds, 1, heads.count()),
                                Team.within(scratch, behind, DType.F32, 1, heads.count()),
                                o.wholeHeads()));
                long width = (long) heads.count() * Float.BYTES;
                long to = ((long) heads.batch() * q.size(1) + heads.from()) * Float.BYTES;
                for (int target = 0; target < team.size(); target++) {
                    back.add(
                            new Copy(
                                    rank,
                                    target,
                                    new Copy.Place(scratch, at, width),
                                    new Copy.Place(errors, o.errors().offset() + to, all),
                                    width,
                                    kinds));
                    back.add(
                            new Copy(
                                    rank,
                                    target,
                                    new Copy.Place(scratch, behind, width),
                                    new Copy.Place(energies, o.energies().offset() + to, all),
                                    width,
                                    1));
                }
                at = behind + bytes(o.energies(), q, heads);
            }
            work.add(mine);
        }
        team.run(work::get);
        back.run(team.group());
        List.of(o.errors(), o.energies()).forEach(RanksOps::written);
        return true;
    }
}
