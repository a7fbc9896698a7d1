#!/usr/bin/env bash
# Compiles cuda/src/main/cuda/*.cu into what the jar carries: one compressed cubin for each source
# and architecture, PTX for GPUs newer than those, and a manifest with the hashes of the sources.
# The results are committed, so that only who changes a kernel needs nvcc.
#
#   tools/build-kernels.sh            sources that changed since they were built
#   tools/build-kernels.sh NAME...    these, changed or not
#   tools/build-kernels.sh --check    compiles everything, writes nothing
#
# Comments at the top of a source choose what is built of it; absent, all architectures are:
#   // arch: sm_90a
#   // nvcc: --use_fast_math
# A kernel that spills registers, or whose wgmma instructions ptxas has to serialise, is an error.
set -euo pipefail
shopt -s nullglob
CDPATH='' cd -- "$(dirname -- "$0")/.."

sources=cuda/src/main/cuda
built=cuda/src/main/resources/org/svgen/cuda/kernels
every_arch="sm_80 sm_89 sm_90a sm_120 compute_80"

find_nvcc() {
  local candidate
  for candidate in "${CUDA_HOME-}/bin/nvcc" "$(command -v nvcc || true)" /usr/local/cuda/bin/nvcc; do
    if [ -x "$candidate" ]; then
      echo "$candidate"
      return
    fi
  done
  echo "build-kernels: no nvcc in \$CUDA_HOME/bin, on the PATH or in /usr/local/cuda/bin" >&2
  exit 2
}

# The value of a comment "// KEY: value" among the first lines of source $1.
setting() {
  sed -n "1,10s|^// $2: *||p" "$1" | head -n 1
}

# Source $1 and the headers that it includes, directly or through others.
inputs() {
  local todo=("$1") seen=" " file
  while [ ${#todo[@]} -gt 0 ]; do
    file=${todo[0]}
    todo=("${todo[@]:1}")
    [[ $seen == *" $file "* ]] && continue
    seen+="$file "
    while read -r file; do todo+=("$sources/$file"); done \
      < <(sed -n 's|^ *# *include "\(.*\)".*|\1|p' "$file")
  done
  echo "$seen"
}

manifest() {
  local file
  echo "nvcc $("$nvcc" --version | sed -n 's/.*release .*, V//p')"
  for file in $(inputs "$1"); do
    echo "sha256 $(sha256sum <"$file" | cut -d' ' -f1) ${file##*/}"
  done
  echo "arch $(architectures "$1")"
}

architectures() {
  local arch
  arch=$(setting "$1" arch)
  echo "${arch:-$every_arch}"
}

# compile SOURCE ARCH OUTPUT_FOLDER
compile() {
  local name log file target
  name=$(basename "$1" .cu)
  case $2 in
    sm_*) file=$3/$name.$2.cubin target=(-cubin "-gencode=arch=compute_${2#sm_},code=$2") ;;
    compute_*) file=$3/$name.$2.ptx target=(-ptx "-arch=$2") ;;
    *) echo "$1: unknown architecture $2" >&2 && return 1 ;;
  esac
  log=$3/$name.$2.log
  # shellcheck disable=SC2046
  if ! timeout 300 "$nvcc" -std=c++17 -O3 "${target[@]}" -Xptxas=-v $(setting "$1" nvcc) -o "$file" "$1" >"$log" 2>&1; then
    cat "$log" >&2
    return 1
  fi
  if grep -E 'C75[0-9][0-9]|[1-9][0-9]* bytes spill|warning' "$log" >"$log.bad"; then
    echo "$1 for $2: registers spilled, wgmma serialised or other warnings:" >&2
    c++filt <"$log" >&2
    return 1
  fi
  gzip -9 -n "$file"
  echo "$name $2: $(stat -c %s "$file.gz") bytes, $(sed -n 's/.*Used \([0-9]*\) registers.*/\1/p' "$log" | sort -n | tail -n 1) registers at most"
}

nvcc=$(find_nvcc)
export nvcc sources
export -f compile setting
check=false
names=()
for argument in "$@"; do
  if [ "$argument" = --check ]; then check=true; else names+=("$argument"); fi
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
todo=()
for source in "$sources"/*.cu; do
  name=$(basename "$source" .cu)
  if $check || [[ " ${names[*]} " == *" $name "* ]] ||
    { [ ${#names[@]} -eq 0 ] && ! manifest "$source" | cmp -s - "$built/$name.manifest"; }; then
    todo+=("$source")
  fi
done
for source in "${todo[@]}"; do
  for arch in $(architectures "$source"); do
    printf '%s\0%s\0%s\0' "$source" "$arch" "$work"
  done
done | xargs -0 -r -n 3 -P "${SVGEN_JOBS:-$(nproc)}" bash -c 'compile "$@"' compile
$check && exit

mkdir -p "$built"
for source in "${todo[@]}"; do
  name=$(basename "$source" .cu)
  rm -f "$built/$name".*
  cp "$work/$name".*.gz "$built/"
  manifest "$source" >"$built/$name.manifest"
done
# What is left of sources that are gone.
for file in "$built"/*.manifest; do
  name=$(basename "$file" .manifest)
  [ -e "$sources/$name.cu" ] || rm -f "$built/$name".*
done
