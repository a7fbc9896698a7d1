#!/usr/bin/env bash
# Builds attention_bench in a folder: the host program, and each variant of the kernel by itself.
# build_bench.sh FOLDER [OBJECT...]: with FlashAttention-3 as a peer, if tools/peers/build_fa3.sh made the objects.
set -euo pipefail
folder=$1
shift
here=$(dirname "$0")
compile() {
  sleep ${PAUSE:-0}
  nvcc -std=c++17 -O3 -gencode=arch=compute_90a,code=sm_90a -Xptxas=-v -c "$@" 2>"$folder/log" ||
    { cat "$folder/log" && exit 1; }
  if grep -E 'C75|[1-9][0-9]* bytes spill' "$folder/log" | cut -c1-150; then echo "^ ${*: -1}"; fi
}
mkdir -p "$folder"
objects=("$folder/bench.o")
compile -o "$folder/bench.o" "$here/attention_bench.cu"
for i in $(sed -n 's/^VARIANT(\([0-9]*\),.*/\1/p' "$here/attention_variants.inc"); do
  compile -DONLY="$i" -o "$folder/variant_$i.o" "$here/attention_variant.cu"
  objects+=("$folder/variant_$i.o")
done
for i in 0 3; do
  compile -DWATCHED -DONLY="$i" -o "$folder/watched_$i.o" "$here/attention_variant.cu"
  objects+=("$folder/watched_$i.o")
done
nvcc -gencode=arch=compute_90a,code=sm_90a -o "$folder/attention_bench" "${objects[@]}" "$@"
