#!/usr/bin/env bash
# Checks, then times, variants of the Hopper attention kernel: each in a process of its own and under
# a time limit, so that one that hangs costs seconds only. Usage: attention_run.sh BENCH [I...]
# SECONDS_LEFT: start no timing after this many seconds. SANITIZE: variants for compute-sanitizer.
bench=$1
shift
variants=${*:-$(seq 0 $(($("$bench" count) - 1)))}
nvidia-smi --query-gpu=name,driver_version,clocks.sm,power.limit --format=csv,noheader
timeout 20 "$bench" units || echo "units: exit $?"
log=$(mktemp -d)
for i in $variants; do
  (timeout 25 "$bench" check "$i" >"$log/$i" 2>&1; echo $? >"$log/$i.exit") &
done
for i in ${SANITIZE-}; do
  (timeout 25 compute-sanitizer --tool memcheck "$bench" small "$i" >"$log/memcheck.$i" 2>&1
    echo "exit $?" >>"$log/memcheck.$i") &
done
wait
for i in ${SANITIZE-}; do
  echo "memcheck $i: $(grep -E 'ERROR SUMMARY|exit|=== .*(Invalid|rror)' "$log/memcheck.$i" | sort -u | head -n 4 | tr '\n' ';')"
done
good=
for i in $variants; do
  if [ "$(cat "$log/$i.exit")" = 0 ]; then
    good+=" $i"
    tail -n 1 "$log/$i"
  else
    echo "check $i: exit $(cat "$log/$i.exit")"
    grep -A1 -E 'WRONG|DIFFER|rror|all right' "$log/$i" | cut -c1-400 | head -n 6
  fi
done
case " $good " in *" 0 "*) ;; *) timeout 25 "$bench" watch 0 2>&1 | cut -c1-400 | head -n 30 ;; esac
echo "checked after $SECONDS s"
for i in $good; do
  if [ "$SECONDS" -gt "${SECONDS_LEFT:-1000}" ]; then
    echo "no time for $i"
  else
    timeout 20 "$bench" time "$i" || echo "time $i: exit $?"
  fi
done
echo "done after $SECONDS s"
