#!/usr/bin/env bash
# Kills svgen serve at random moments while it makes six videos, and says what came of it.
# usage: tools/serve-storm.sh [KILLS [STEPS [SEED [HOST:PORT/DATABASE USER]]]]
# With a database, two services share that PostgreSQL, and one of them is killed each time.
set -euo pipefail
CDPATH='' cd -- "$(dirname -- "$0")/.."
exec tools/with-tests.sh org.svgen.cli.service.KillStormProgram "${1:-100}" "${2:-100}" "${3:-1}" "${@:4}"
