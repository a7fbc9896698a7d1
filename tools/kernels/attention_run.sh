#!/usr/bin/env bash
# Checks, then times, every variant of the Hopper attention kernel: each in a process of its own and
# under a time limit, so that one that hangs costs seconds only. Usage: attention_run.sh BENCH [I...]
bench=$1
shift
variants=${*:-$(seq 0 $(($("$bench" count) - 1)))}
nvidia-smi --query-gpu=name,driver_version,clocks.sm,power.limit --format=csv,noheader
echo "== units" && timeout 20 "$bench" units || echo "units: exit $?"
good=
for i in $variants; do
  if timeout 20 "$bench" check "$i" >/tmp/check.$i 2>&1; then
    good+=" $i"
    tail -n 1 /tmp/check.$i
  else
    echo "check $i: exit $?" && grep -A1 -E 'WRONG|DIFFER|error|all right' /tmp/check.$i | head -n 8
  fi
done
for i in $good; do
  timeout 20 "$bench" time "$i" || echo "time $i: exit $?"
done
