// Attention in bf16 for every GPU from Ampere on, by mma.sync and cp.async: heads of 64 or 128
// elements, any key pattern whose bands do not move backwards. Hopper has a kernel of its own, which is
// about twice as fast. Grid: pieces of work, most_tiles of either sort times the heads; dynamic shared
// memory: SHARED of the tile.
#include "svgen.cuh"
#include "attention_tile.cuh"

using Wide = Tile<128, 32>;
using Narrow = Tile<64, 64>;

KERNEL(Wide::THREADS) attention_mma_d128(const __grid_constant__ TiledAttention a) {
    SHARED_BYTES(shared);
    attend<Wide>(a, shared);
}

KERNEL(Narrow::THREADS) attention_mma_d64(const __grid_constant__ TiledAttention a) {
    SHARED_BYTES(shared);
    attend<Narrow>(a, shared);
}
