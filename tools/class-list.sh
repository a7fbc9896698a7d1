#!/usr/bin/env bash
# Runs svgen here and there, and writes down the classes that it uses: with an archive of them
# (java -Xshare:dump) it starts in half of the time.
# usage: tools/class-list.sh SVGEN LIST
#   SVGEN   the command, as users call it
#   LIST    a file to write: each line is a class, or how a lambda is made
set -euo pipefail
svgen=$1
list=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# NAME ARGUMENT...: what svgen loads with these arguments.
learn() {
  SVGEN_JAVA_OPTS="-XX:DumpLoadedClassList=$work/$1.classes" "$svgen" "${@:2}" \
    >"$work/$1.out" 2>"$work/$1.err"
}

# A service, up to its first answers.
learn_serve() {
  local i port
  learn serve serve --device cpu --port 0 --data "$work/data" &
  for ((i = 0; i < 600; i++)); do
    grep -q ' loaded in ' "$work/serve.err" 2>/dev/null && [ -s "$work/serve.out" ] && break
    kill -0 $! 2>/dev/null || return 1
    sleep 0.1
  done
  port=$(sed -n '1s/.*://p' "$work/serve.out")
  for path in /ready /v1/models /; do
    exec 4<>"/dev/tcp/127.0.0.1/$port"
    printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' "$path" >&4
    cat <&4 >/dev/null
    exec 4>&-
  done
  kill -TERM "$(<"$work/data/in-use")"
  wait $!
}

learn help --help
learn doctor doctor
# With an adapter, both branches of guidance, a dense step and a sparse one.
learn generate generate "a red circle" --device cpu --lora 4-steps --steps 2 --guidance 2 --frames 9 \
  --output "$work/x.mp4"
learn_serve
sed '/ source:/d; s/^\([^@ ]*\) .*/\1/' "$work"/*.classes | awk '!seen[$0]++' >"$list"
