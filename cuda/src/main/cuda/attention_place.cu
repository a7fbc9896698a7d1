// Puts queries, keys and values in the order that their head attends in, where that is another than
// they are stored in: the second set of tensor maps of attention_sm90.cu.
#include "attention_plan.cuh"

/** What attention_place copies: [batch, heads, tokens, dim], bf16. */
struct Placement {
    const uint4* from[3];  // q, k, v as stored
    uint4* to[3];          // the same in the order of each head, where that changes anything
    const int* plan;
    const int* kinds;  // [batch, heads], or null: all of kind 0
    int heads;         // of all batch entries
    int tokens;
    int row;  // 16-byte pieces of a token: dim / 8
};

/** Grid: any, heads of all batch entries, 3. Reads and writes whole rows. */
KERNEL(256) attention_place(const __grid_constant__ Placement p) {
    int head = blockIdx.y;
    Order order = kind_of(p.plan, p.kinds == nullptr ? 0 : p.kinds[head]).order;
    if (!changes(order)) {
        return;
    }
    const uint4* from = p.from[blockIdx.z] + (i64)head * p.tokens * p.row;
    uint4* to = p.to[blockIdx.z] + (i64)head * p.tokens * p.row;
    int rows = blockDim.x / p.row;  // that a block copies at a time
    int piece = threadIdx.x % p.row;
    for (int i = blockIdx.x * rows + threadIdx.x / p.row; i < p.tokens; i += gridDim.x * rows) {
        to[(i64)i * p.row + piece] = from[(i64)stored(order, i) * p.row + piece];
    }
}
