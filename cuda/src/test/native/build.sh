#!/usr/bin/env bash
# build.sh KERNELS OUTPUT: compiles the kernels in folder KERNELS with the emulated driver into
# library OUTPUT, whose folder takes the intermediate files too, and a stand-in for cuBLASLt.
set -euo pipefail
kernels=$(cd "$1" && pwd)
output=$2
native=$(cd "$(dirname "$0")" && pwd)
work=$(dirname "$output")
mkdir -p "$work"
objects=()
for source in "$kernels"/*.cu; do
  # Only those whose machine language is all in svgen.cuh: Hopper's instructions are not emulated.
  grep -qE '^#include "(svgen|gemm)\.cuh"' "$source" || continue
  name=$(basename "$source" .cu)
  {
    echo "#include \"$native/emulator.hpp\""
    echo "#include \"$source\""
    grep -zoP '\nKERNEL\([^)]*\)\s*\K\w+' "$source" | tr '\0' '\n' |
      while read -r kernel; do
        echo "static bool added_$kernel = emulator::add_kernel(\"$kernel\", [](void** a) { emulator::call($kernel, a); });"
      done
  } >"$work/$name.cpp"
  objects+=("$work/$name")
done
printf '%s\0' "${objects[@]}" |
  xargs -0 -P "$(nproc)" -I{} g++ -std=c++17 -O2 -fPIC -w -I"$kernels" -c {}.cpp -o {}.o
g++ -std=c++17 -O2 -fPIC -w -shared "$native/cublaslt.cpp" -o "$work/libcublasLt.so.new"
mv "$work/libcublasLt.so.new" "$work/libcublasLt.so"
g++ -std=c++17 -O2 -fPIC -w -shared -I"$native" -I"$kernels" \
  "$native"/{driver,fibers,hopper,hopper8,hopper_blocks,hopper_clusters,hopper_conv,hopper_pairs,attention_launch}.cpp "${objects[@]/%/.o}" -o "$output.new"
mv "$output.new" "$output"
