#!/usr/bin/env bash
# Times the built-in model, dense against svg and svg with a step cache, as whole processes in turns, and
# measures how close the videos are to dense. Usage: [ROUNDS=1] tools/bench-demo.sh [OPTION OF generate ...];
# medians of ROUNDS.
set -euo pipefail
home=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
"$home/svgen" --version >/dev/null # builds, where that is needed

median() {
  printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}

seconds() { # COMMAND ...: its wall time
  local start end
  start=$(date +%s.%N)
  "$@" >/dev/null
  end=$(date +%s.%N)
  awk "BEGIN { printf \"%.1f\", $end - $start }"
}

psnr() { # VIDEO: against dense
  "$home/svgen" compare --json "$out/dense.safetensors" "$out/$1.safetensors" |
    sed -n 's/.*"psnr" *: *\([0-9.]*\).*/\1/p'
}

ratio() {
  awk "BEGIN { printf \"%.2f\", $1 / $2 }"
}

declare -A options=([dense]="--attention dense" [svg]="--attention svg" [cache]="--attention svg --cache easy")
printf '%-72s %8s | %8s %6s %6s | %8s %6s %6s\n' prompt 'dense s' 'svg s' ratio dB 'cache s' ratio dB
while IFS= read -r prompt; do
  all_dense=() all_svg=() all_cache=()
  for ((round = 0; round < ${ROUNDS:-1}; round++)); do
    for mode in dense svg cache; do
      declare -n all=all_$mode
      # shellcheck disable=SC2086 # several words
      all+=("$(seconds "$home/svgen" generate "$prompt" --quiet ${options[$mode]} "$@" \
        --output "$out/$mode.mp4" --save-frames "$out/$mode.safetensors")")
    done
  done
  dense=$(median "${all_dense[@]}") svg=$(median "${all_svg[@]}") cache=$(median "${all_cache[@]}")
  printf '%-72s %8s | %8s %6s %6.2f | %8s %6s %6.2f\n' "$prompt" "$dense" \
    "$svg" "$(ratio "$dense" "$svg")" "$(psnr svg)" "$cache" "$(ratio "$dense" "$cache")" "$(psnr cache)"
done < <(sed -n '/"prompts"/,/]/s/^ *"\(a.*\)",\{0,1\}$/\1/p' "$home/models/demo/svgen.json")
