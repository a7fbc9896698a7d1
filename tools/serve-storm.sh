#!/usr/bin/env bash
# Kills svgen serve at random moments while it makes six videos, and says what came of it.
# usage: tools/serve-storm.sh [KILLS [STEPS [SEED [postgres | HOST:PORT/DATABASE USER]]]]
# With postgres, two services share a PostgreSQL that is started for them, and one of them is killed
# each time; with a database, that one.
set -euo pipefail
CDPATH='' cd -- "$(dirname -- "$0")/.."
exec tools/with-tests.sh org.svgen.cli.service.KillStormProgram "${1:-100}" "${2:-100}" "${3:-1}" "${@:4}"
