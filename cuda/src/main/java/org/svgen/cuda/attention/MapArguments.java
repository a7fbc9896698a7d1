package org.svgen.cuda.attention;

import org.jspecify.annotations.Nullable;
import org.svgen.cuda.gpu.Launcher;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.BlockMap;
import org.svgen.tensor.op.TokenBlocks;

/** Blocks and their maps as block_map.cuh reads them. */
final class MapArguments {
    private MapArguments() {}

    static Launcher blocks(Launcher launcher, TokenBlocks blocks, int tokens) {
        return launcher.pointer(blocks.bounds())
                .pointer(blocks.order())
                .i32(blocks.count())
                .i32(tokens);
    }

    static Launcher map(Launcher launcher, BlockMap map, int queries, int keys) {
        blocks(launcher, map.queries(), queries);
        blocks(launcher, map.keys(), keys);
        launcher.pointer(map.bits());
        return which(launcher, map.which(), map.queries().maps()).i32(0);
    }

    static Launcher which(Launcher launcher, @Nullable Tensor which, int maps) {
        return launcher.pointer(which).i32(maps);
    }
}
