#!/usr/bin/env bash
# Times the built-in model, dense against svg, as whole processes in turns, and measures how close the
# two videos are. Usage: [ROUNDS=1] tools/bench-demo.sh [OPTION OF generate ...]; medians of ROUNDS.
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

printf '%-52s %8s %8s %7s %8s\n' prompt 'dense s' 'svg s' ratio 'PSNR dB'
while IFS= read -r prompt; do
  all_dense=() all_svg=()
  for ((round = 0; round < ${ROUNDS:-1}; round++)); do
    for mode in dense svg; do
      declare -n all=all_$mode
      all+=("$(seconds "$home/svgen" generate "$prompt" --quiet --attention $mode "$@" \
        --output "$out/$mode.mp4" --save-frames "$out/$mode.safetensors")")
    done
  done
  dense=$(median "${all_dense[@]}") svg=$(median "${all_svg[@]}")
  psnr=$("$home/svgen" compare --json "$out/dense.safetensors" "$out/svg.safetensors" |
    sed -n 's/.*"psnr" *: *\([0-9.]*\).*/\1/p')
  printf '%-52s %8s %8s %7s %8.2f\n' "$prompt" "$dense" "$svg" \
    "$(awk "BEGIN { printf \"%.2f\", $dense / $svg }")" "$psnr"
done < <(sed -n '/"prompts"/,/]/s/^ *"\(a.*\)",\{0,1\}$/\1/p' "$home/models/demo/svgen.json")
