#!/usr/bin/env bash
# Says how svgen serve starts, and how it answers while it makes a video.
# usage: tools/serve-load.sh
set -euo pipefail
CDPATH='' cd -- "$(dirname -- "$0")/.."
exec tools/with-tests.sh org.svgen.cli.service.LoadProgram
