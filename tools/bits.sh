#!/usr/bin/env bash
# Prints hashes of the latents and frames of fixed requests on the CPU: of the demo and of the tiny
# models that tests use. A change that is to leave every bit alone prints the same lines as the
# commit before it.
#
#   tools/bits.sh [SVGEN]      SVGEN is the command of another checkout; ./svgen by default
set -euo pipefail
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
svgen=${1:-$root/svgen}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
models=$work/models
# As testkit's Goldens unpacks them: of the bytes in a .planes file every fourth stands first.
python3 - "$root/testkit/src/main/resources/goldens" "$models" <<'UNPACK'
import os, sys, zipfile
for name in ("cogvideox-t2v-tiny", "cogvideox-i2v-tiny", "hunyuanvideo-tiny", "wan22-t2v-tiny"):
    with zipfile.ZipFile(os.path.join(sys.argv[1], name + ".zip")) as packed:
        for entry in packed.namelist():
            to = os.path.join(sys.argv[2], entry)
            content = packed.read(entry)
            if to.endswith(".planes"):
                to = to.removesuffix(".planes")
                plain, start = bytearray(len(content)), 0
                for plane in range(4):
                    size = len(plain[plane::4])
                    plain[plane::4] = content[start:start + size]
                    start += size
                content = bytes(plain)
            os.makedirs(os.path.dirname(to), exist_ok=True)
            with open(to, "wb") as out:
                out.write(content)
UNPACK
# A product of an installed BLAS may differ from machine to machine.
export SVGEN_JAVA_OPTS="${SVGEN_JAVA_OPTS-} -Dsvgen.cpu.matmul=vector"

# The values alone: the header of a safetensors file may tell a version.
values() {
  local header
  header=$(od -An -t u8 -N 8 "$1" | tr -d ' ')
  tail -c +$((header + 9)) "$1" | sha256sum | cut -c 1-16
}

hash() {
  local name=$1
  shift
  "$svgen" generate "a red circle moves right" --device cpu --seed 3 --quiet --output "$work/video.gif" \
    --save-latents "$work/latents.safetensors" --save-frames "$work/frames.safetensors" "$@" >/dev/null
  echo "$name $(values "$work/latents.safetensors") $(values "$work/frames.safetensors")"
}

# A picture of four pixels: red, green, blue, white.
base64 -d >"$work/image.png" <<'PNG'
iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEklEQVR42mP4z8DAAMIM/4EAAB/u
Bfvxq7p3AAAAAElFTkSuQmCC
PNG
tiny=(--width 64 --height 48 --frames 9 --steps 4 --dense-steps 1)
for attention in dense svg svg-official; do
  how=(--attention $attention --budget fixed)
  hash "cogvideox-t2v-tiny $attention" --model "$models/cogvideox-t2v-tiny" "${tiny[@]}" "${how[@]}"
  hash "cogvideox-i2v-tiny $attention" --model "$models/cogvideox-i2v-tiny" "${tiny[@]}" "${how[@]}" \
    --image "$work/image.png"
  hash "hunyuanvideo-tiny $attention" --model "$models/hunyuanvideo-tiny" "${tiny[@]}" "${how[@]}"
done
# Without text among its tokens, a video as small as that has room for bands of several widths.
for budget in fixed heads snr moving; do
  hash "wan22-t2v-tiny svg $budget" --model "$models/wan22-t2v-tiny" "${tiny[@]}" --steps 8 \
    --dense-layers 0 --attention svg --density 0.5 --budget $budget
done
# In full, so that what the demo recommends may change.
hash "demo svg" --steps 6 --budget fixed --density 0.25 --dense-steps 0.2 --head-tolerance 0.9
hash "demo svg moving" --steps 6 --budget moving
hash "demo dense" --steps 4 --attention dense
