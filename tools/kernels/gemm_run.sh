#!/usr/bin/env bash
# Checks, then times, variants of the Hopper matrix product: each check in a process of its own and
# under a time limit, so that one that hangs costs seconds only. Usage: gemm_run.sh BENCH [SHAPE...]
bench=$1
shift
nvidia-smi --query-gpu=name,driver_version,clocks.sm,power.limit --format=csv,noheader
log=$(mktemp -d)
for i in $(seq 0 $(($("$bench" count) - 1))); do
  (timeout 20 "$bench" check "$i" >"$log/$i" 2>&1 || echo "check $i: exit $?" >>"$log/$i") &
done
wait
for i in ${SANITIZE-}; do
  timeout 30 compute-sanitizer --tool memcheck "$bench" small "$i" >"$log.sanitizer" 2>&1
  echo "memcheck $i: $(grep -E "ERROR SUMMARY|=== .*(Invalid|rror)" "$log.sanitizer" | sort -u | head -n 4 | tr "\n" ";")"
done
cat "$log"/* | cut -c1-250 | head -n 60
echo "checked after $SECONDS s"
timeout "${TIMING_LIMIT:-40}" "$bench" time "$@" || echo "time: exit $?"
echo "done after $SECONDS s"
