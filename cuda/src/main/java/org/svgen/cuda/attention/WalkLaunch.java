package org.svgen.cuda.attention;

import java.util.List;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Gpu.Scratch;
import org.svgen.cuda.gpu.Launcher;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.KeyWalk;
import org.svgen.tensor.op.ProfileOp;

/** What profiles by walks over the keys have in common: tables, memory, and the end. */
final class WalkLaunch {
    private static final String SOURCE = "profile_plain";

    /** Rows, and threads, of a block of walk_squares; ways that it takes at a time. */
    private static final int MERGED = 4;

    private static final int MERGERS = 256;
    private static final int GROUP = 16;
    private static final int AVERAGERS = 128;

    private final Gpu gpu;

    WalkLaunch(Gpu gpu) {
        this.gpu = gpu;
    }

    /** Walks over the keys. */
    @FunctionalInterface
    interface Walker {
        /**
         * Writes what every piece of the walks sums up.
         *
         * @param tables the walks
         * @param walks adds {@code Walks} to a launch's arguments
         */
        void walk(WalkTables tables, UnaryOperator<Launcher> walks);
    }

    void run(ProfileOp o, ToIntFunction<List<KeyWalk>> splits, Walker walker) {
        Tensor q = o.q();
        int dim = q.size(3);
        int heads = q.size(0) * q.size(1);
        int ways = o.plan().kinds().size() + 1;
        List<KeyWalk> found = KeyWalk.of(o.plan(), o.rows(), o.keyLimit());
        WalkTables tables = WalkTables.of(found, o, splits.applyAsInt(found));
        int blocks = Math.ceilDiv(tables.rows(), MERGED);
        long squares = (long) heads * blocks * ways * Double.BYTES;
        long partials = Math.ceilDiv(tables.partialBytes(heads, dim), 16) * 16;
        long numbers = (long) tables.numbers().length * Integer.BYTES;
        try (Scratch scratch = gpu.scratch(squares + 16 + partials + numbers)) {
            long partialAt = Math.ceilDiv(scratch.address() + squares, 16) * 16;
            long numbersAt = partialAt + partials;
            gpu.staging().toDevice(tables.numbers(), numbersAt);
            if (tables.pieces() > 0) {
                walker.walk(tables, launcher -> arguments(launcher, tables, numbersAt, partialAt));
            }
            gpu.kernel(SOURCE, "walk_squares")
                    .pointer(partialAt)
                    .pointer(at(numbersAt, tables.piecesAt()))
                    .pointer(at(numbersAt, tables.rowPiecesAt()))
                    .i32(tables.rows())
                    .i32(tables.pieces())
                    .i32(dim)
                    .i32(ways)
                    .pointer(scratch.address())
                    .start(blocks, heads, Math.max(1, Math.ceilDiv(ways - 1, GROUP - 1)), MERGERS);
            gpu.kernel(SOURCE, "walk_means")
                    .pointer(scratch.address())
                    .i32(blocks)
                    .i32(heads)
                    .i32(ways)
                    .i32(tables.rows() * dim)
                    .pointer(o.errors())
                    .pointer(o.energies())
                    .start((long) ways * heads, AVERAGERS);
        }
    }

    private static Launcher arguments(
            Launcher launcher, WalkTables tables, long numbersAt, long partialAt) {
        return launcher.pointer(numbersAt)
                .pointer(at(numbersAt, tables.queriesAt()))
                .pointer(at(numbersAt, tables.cursorsAt()))
                .pointer(at(numbersAt, tables.piecesAt()))
                .pointer(partialAt)
                .i32(tables.rows())
                .i32(tables.splits())
                .i32(tables.pieces())
                .i32(0); // what follows is aligned to 8 bytes
    }

    private static long at(long numbers, int index) {
        return numbers + (long) index * Integer.BYTES;
    }
}
