#!/usr/bin/env bash
# Builds svgen with its tests, and runs a program of these.
# usage: tools/with-tests.sh CLASS [ARGUMENT...]
set -euo pipefail
CDPATH='' cd -- "$(dirname -- "$0")/.."
list=target/test-classpath.txt
./mvnw -q -pl cli -am -Djacoco.skip=true test-compile \
  dependency:build-classpath -Dmdep.outputFile="$PWD/$list" -Dmdep.includeScope=test >&2
cd cli
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" --add-modules=jdk.incubator.vector \
  --enable-native-access=ALL-UNNAMED -cp "target/test-classes:target/classes:$(cat "../$list")" "$@"
