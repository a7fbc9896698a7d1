#!/usr/bin/env bash
# Packs diffusers' sources out of a git directory, for a machine that has torch and no network:
#
#   tools/peers/pack_diffusers.sh GITDIR FOLDER [REVISION]     makes FOLDER/diffusers-src.tar.xz
#
# Unpacked into X, PYTHONPATH=X/src finds them. GITDIR may be bare; REVISION is HEAD by default.
set -euo pipefail
git=$1
folder=$(mkdir -p -- "$2" && CDPATH='' cd -- "$2" && pwd)
revision=${3:-HEAD}
git --git-dir="$git" archive "$revision" src/diffusers LICENSE | xz -6 -T0 >"$folder/diffusers-src.tar.xz"
version=$(git --git-dir="$git" show "$revision:src/diffusers/__init__.py" | sed -n 's/^__version__ = "\(.*\)"$/\1/p')
commit=$(git --git-dir="$git" rev-parse "$revision^{commit}")
size=$(du -h "$folder/diffusers-src.tar.xz" | cut -f1)
echo "$folder/diffusers-src.tar.xz: diffusers $version, commit $commit, $size"
