#!/usr/bin/env bash
# Compiles FlashAttention-3 for attention_bench, a minute each: FOLDER/fa3_128_c1.o, fa3_128_c2.o, fa3_64_c1.o.
#
#   tools/peers/build_fa3.sh FOLDER FLASH_ATTENTION CUTLASS
#   tools/kernels/build_bench.sh BENCH FOLDER/*.o && BENCH/attention_bench versus 128
#
# FLASH_ATTENTION and CUTLASS are checkouts of Dao-AILab/flash-attention and NVIDIA/cutlass. The flags are
# those of upstream's setup.py; without CUTE_SM90_EXTENDED_MMA_SHAPES_ENABLED it is a third slower.
set -euo pipefail
folder=$(mkdir -p -- "$1" && CDPATH='' cd -- "$1" && pwd)
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
for variant in 128_c1 128_c2 64_c1; do
  nvcc -c -std=c++17 -O3 -gencode=arch=compute_90a,code=sm_90a --use_fast_math --expt-relaxed-constexpr \
    --expt-extended-lambda -DNDEBUG -DCUTE_SM90_EXTENDED_MMA_SHAPES_ENABLED -DCUTLASS_ENABLE_GDC_FOR_SM90 \
    -I"$2/hopper" -I"$3/include" -DHD="${variant%_*}" -DCLUSTER="${variant#*_c}" -DNAME="fa3_$variant" \
    -o "$folder/fa3_$variant.o" "$here/fa3.cu"
done
