#!/usr/bin/env bash
# Measures what goes with what on the demo and writes the tables of docs/composition.md.
#
#   tools/composition.sh [OPTION...]      options of svgen bench compositions, in place of these
set -euo pipefail
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
page=$root/docs/composition.md
svgen=${SVGEN:-$root/svgen}
[ $# -gt 0 ] || set -- --size 80x80x17 --steps 10 --device cpu
tables=$(mktemp)
trap 'rm -f "$tables"' EXIT
"$svgen" bench compositions "$@" > "$tables"
python3 - "$page" "$tables" <<'SPLICE'
import sys
page, tables = sys.argv[1:]
text = open(page, encoding="utf-8").read()
before, rest = text.split("<!-- measured -->\n")
behind = rest.split("<!-- end -->\n")[1]
measured = open(tables, encoding="utf-8").read()
with open(page, "w", encoding="utf-8") as out:
    out.write(f"{before}<!-- measured -->\n{measured}<!-- end -->\n{behind}")
SPLICE
