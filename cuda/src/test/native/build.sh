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
  g++ -std=c++17 -O2 -fPIC -w -I"$kernels" -c "$work/$name.cpp" -o "$work/$name.o"
  objects+=("$work/$name.o")
done
g++ -std=c++17 -O2 -fPIC -w -shared "$native/cublaslt.cpp" -o "$work/libcublasLt.so.new"
mv "$work/libcublasLt.so.new" "$work/libcublasLt.so"
g++ -std=c++17 -O2 -fPIC -w -shared -I"$native" -I"$kernels" "$native/driver.cpp" "$native/hopper.cpp" "$native/hopper_conv.cpp" "$native/attention_launch.cpp" "${objects[@]}" -o "$output.new"
mv "$output.new" "$output"
