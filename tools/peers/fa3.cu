// FlashAttention-3's forward for attention_bench (tools/kernels), one variant a build:
//   tools/peers/build_fa3.sh FOLDER FLASH_ATTENTION CUTLASS
// -DHD: channels a head. -DCLUSTER: blocks that share keys. -DNAME: of the function.
#include <cstring>

#include "flash_fwd_launch_template.h"

/** Only calls of sequences of various lengths need it. */
__attribute__((weak)) void prepare_varlen_num_blocks(Flash_fwd_params&, cudaStream_t, bool, int, int, bool) {}

/**
 * q, k and v bf16 [batch, heads, tokens or keys, HD], out bf16 [batch, tokens, heads, HD], sums f32
 * [batch, heads, tokens]. Returns a cudaError_t.
 */
extern "C" int NAME(const void* q, const void* k, const void* v, void* out, float* sums, int batch, int heads,
                    long tokens, long keys, int multiprocessors) {
    using Bf16 = cutlass::bfloat16_t;
    Flash_fwd_params p;
    memset(&p, 0, sizeof p);
    p.q_ptr = (void*)q, p.k_ptr = (void*)k, p.v_ptr = (void*)v, p.o_ptr = out, p.softmax_lse_ptr = sums;
    p.q_row_stride = p.k_row_stride = p.v_row_stride = HD;
    p.q_head_stride = tokens * HD;
    p.k_head_stride = p.v_head_stride = keys * HD;
    p.q_batch_stride = heads * p.q_head_stride;
    p.k_batch_stride = p.v_batch_stride = heads * p.k_head_stride;
    p.v_dim_stride = 1;
    p.o_head_stride = HD;
    p.o_row_stride = (long)heads * HD;
    p.o_batch_stride = tokens * p.o_row_stride;
    p.b = p.b_k = batch, p.h = p.h_k = heads, p.seqlen_q = (int)tokens, p.seqlen_k = (int)keys, p.d = p.dv = HD;
    p.scale_softmax = 1 / sqrtf(HD);
    p.is_bf16 = true, p.num_splits = 1, p.arch = 90, p.num_sm = multiprocessors;
    p.window_size_left = p.window_size_right = -1;
    run_flash_fwd<90, HD, HD, CLUSTER, Bf16, Bf16, false, false, false, false, false, false, false, false, false, false>(
            p, 0);
    return (int)cudaGetLastError();
}
