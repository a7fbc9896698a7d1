#!/usr/bin/env bash
# Times the peers and, beside them, ours on one GPU, and prints a table of both:
#
#   [SVGEN=svgen] [DIFFUSERS=diffusers-src.tar.xz] tools/peers/all.sh [FOLDER [PART ...]]
#
# FOLDER (target/peers by default) gets peers.json and ours.json, a JSON object a line, table.md and
# log.txt. PARTs are attention, pieces, forward, stages, ours; without any of them all run again, with some
# their lines are added to what FOLDER holds, and later ones count.
#   SVGEN       launcher of svgen; without it, peers alone
#   DIFFUSERS   what pack_diffusers.sh made; not needed where diffusers is installed
set -uo pipefail
here=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
folder=${1:-$here/../../target/peers}
folder=$(mkdir -p -- "$folder" && CDPATH='' cd -- "$folder" && pwd) || exit
shift || true
parts=" ${*:-attention pieces forward stages ours} "
[ $# -gt 0 ] || rm -f "$folder"/{peers,ours}.json "$folder"/{table.md,log.txt}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
export PYTHONDONTWRITEBYTECODE=1

runs() { [[ $parts == *" $1 "* ]]; }
tell() { echo "$(date +%T) $*" | tee -a "$folder/log.txt" >&2; }
note() { # CODE WHAT: 124 is timeout's
  [ "$1" = 0 ] && return
  failed=1
  tell "$2: exit $1$([ "$1" = 124 ] && echo ', out of time')"
}

peer() { # SECONDS SCRIPT ARGUMENT...: lines that were printed before a limit count
  local limit=$1 script=$2 start=$SECONDS
  shift 2
  timeout -k 5 "$limit" python3 "$here/$script" "$@" >>"$folder/peers.json" 2>>"$folder/log.txt"
  note $? "$script"
  tell "$script: $((SECONDS - start)) s"
}

ours() { # SECONDS ARGUMENT...
  local limit=$1 start=$SECONDS
  shift
  timeout -k 5 "$limit" "$SVGEN" bench "$@" --device cuda --json >"$work/ours" 2>>"$folder/log.txt"
  note $? "svgen bench $*"
  [ -s "$work/ours" ] && python3 -m json.tool --compact "$work/ours" >>"$folder/ours.json" 2>>"$folder/log.txt"
  tell "svgen bench $*: $((SECONDS - start)) s"
}

driver=$(nvidia-smi --query-gpu=driver_version --format=csv,noheader 2>/dev/null | head -n 1)
echo "{\"date\": \"$(date +%F)\", \"driver\": \"$driver\"}" >>"$folder/peers.json"

runs attention && peer 180 attention.py
runs pieces && peer 180 pieces.py
if { runs forward || runs stages; } && [ -n "${DIFFUSERS-}" ]; then
  tar -C "$work" -xJf "$DIFFUSERS" || exit
  export PYTHONPATH=$work/src${PYTHONPATH:+:$PYTHONPATH}
fi
if runs forward; then
  peer 300 forward.py
  peer 240 forward.py --compile --only wan2.1-14b,wan2.1-1.3b,wan2.2-ti2v-5b
fi
runs stages && peer 240 stages.py
if runs ours && [ -n "${SVGEN-}" ]; then
  for shape in hunyuan-720p cogvideox-1.5; do
    ours 90 attention --shape $shape --density 0.25
  done
  # As many passes as the peer's.
  for config in cogvideox-1.5-5b hunyuanvideo-13b wan2.1-14b wan2.1-1.3b wan2.2-ti2v-5b; do
    for attention in dense svg; do
      ours 180 denoise --config $config --synthetic-weights --attention $attention --density 0.25 --rounds 2
    done
  done
  for config in wan2.1-14b wan2.2-ti2v-5b; do
    ours 120 decode --config $config --synthetic-weights --rounds 1
  done
fi

python3 "$here/table.py" "$folder" | tee "$folder/table.md"
exit $failed
