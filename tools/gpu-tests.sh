#!/usr/bin/env bash
# Makes a folder that runs the GPU tests on a machine with an NVIDIA driver and nothing else: a
# Java runtime, the jars and a script. The goldens and the demo model are taken from the checkout,
# from whose root the script is to be started.
#
# The folder is emptied first, so it must be new, empty or one that this script made.
#
#   tools/gpu-tests.sh FOLDER      then, on the machine:  FOLDER/run.sh [OUTPUT]
#
# What is run then can be changed there: the file FOLDER/tests names test classes, the file
# FOLDER/commands holds a line for each svgen command to run behind them: NAME SECONDS ARGUMENTS...
set -euo pipefail
[ $# = 1 ] || { echo "usage: tools/gpu-tests.sh FOLDER" >&2; exit 2; }
folder=$(mkdir -p -- "$1" && CDPATH='' cd -- "$1" && pwd)
if [ -n "$(ls -A "$folder")" ] && ! grep -qs '^# Each test class in a JVM of its own' "$folder/run.sh"; then
  echo "$1: expected an empty folder, or one that tools/gpu-tests.sh made; found other files in it" >&2
  exit 2
fi
CDPATH='' cd -- "$(dirname -- "$0")/.."
. .mvn/find-jdk.sh

version=6.1.3
./mvnw -B -q -DskipTests -Dspotless.check.skip -Djacoco.skip test-compile dependency:copy-dependencies \
  -DincludeScope=test -DoutputDirectory="$PWD/target/gpu-tests" -DexcludeGroupIds=org.svgen,org.bytedeco -pl cli -am
./mvnw -B -q -N dependency:copy -DoutputDirectory="$PWD/target/gpu-tests" \
  -Dartifact=org.junit.platform:junit-platform-console-standalone:$version

rm -rf "$folder"/*
mkdir -p "$folder/lib"
for module in tensor cpu cuda engine media lab server bench cli testkit; do
  "$JAVA_HOME/bin/jar" --create --file "$folder/lib/svgen-$module.jar" -C $module/target/classes .
  [ -d $module/target/test-classes ] &&
    "$JAVA_HOME/bin/jar" --create --file "$folder/lib/svgen-$module-tests.jar" -C $module/target/test-classes .
done
# Goldens come from the checkout.
zip -q -d "$folder/lib/svgen-testkit.jar" 'goldens/*' || true
for jar in target/gpu-tests/*.jar; do
  case $jar in
    */byte-buddy-* | */svgen-* | */archunit* | */junit-jupiter* | */junit-platform-[cel]* | */opentest4j* | */apiguardian*) ;;
    *) cp "$jar" "$folder/lib/" ;;
  esac
done
cp target/gpu-tests/junit-platform-console-standalone-$version.jar "$folder/lib/"
# Natives of other systems.
for jar in "$folder"/lib/tokenizers-*.jar "$folder"/lib/sentencepiece-*.jar; do
  zip -q -d "$jar" 'native/lib/win*' 'native/lib/osx*' 'native/lib/linux-aarch64/*' 'native/lib/linux-x86_64/cu*' || true
done

rm -rf "$folder/java"
"$JAVA_HOME/bin/jlink" --output "$folder/java" --strip-debug --no-header-files --no-man-pages --compress=zip-0 \
  --add-modules java.base,java.desktop,jdk.incubator.vector,java.logging,java.net.http,java.sql,java.management,jdk.management,jdk.unsupported,java.xml,jdk.zipfs
# java.desktop is there for pictures, not for windows, fonts and sound.
rm -f "$folder"/java/lib/lib{fontmanager,freetype,lcms,splashscreen,awt_xawt,jsound}.so
# Stored, not deflated, jars: all of it is compressed together, better.
for jar in "$folder"/lib/*.jar; do
  unpacked=$(mktemp -d)
  (cd "$unpacked" && unzip -q "$jar" && rm "$jar" && zip -q -0 -r "$jar" .)
  rm -r "$unpacked"
done
tar -C "$folder" -c java lib | xz -6 -T0 >"$folder/bundle.tar.xz"
rm -rf "$folder/java" "$folder/lib"

cat >"$folder/run.sh" <<'RUN'
#!/usr/bin/env bash
# Each test class in a JVM of its own, so that a fault of one kernel does not fail the others.
# Prints the failures first and a line for each class last; reports go to the folder that is given.
# A class may have a prefix: `ptx:` forces the portable kernels and products of our own, `memcheck:`
# and `racecheck:` run it under compute-sanitizer, where that is installed, `memcheck-ptx:` and
# `racecheck-ptx:` do both.
folder=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$PWD
output=${1:-$(mktemp -d)}
work=$(mktemp -d)
mkdir -p "$output"
output=$(CDPATH='' cd -- "$output" && pwd)
tar -C "$work" -xJf "$folder/bundle.tar.xz" || exit 1
path=$(echo "$work"/lib/*.jar | tr ' ' ':'):$root/testkit/src/main/resources
java=("$work/java/bin/java" --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED
  --sun-misc-unsafe-memory-access=allow -Xmx4g -Dsvgen.test.device=${SVGEN_TEST_DEVICE:-cuda} ${SVGEN_JAVA_OPTS-})
cuda=org.svgen.cuda
listed=$(cat "$folder/tests" 2>/dev/null)
classes=${listed:-"$cuda.GpuAttentionBf16Test $cuda.GpuAttentionF32Test $cuda.GpuOpsF32Test
  $cuda.GpuOpsBf16Test $cuda.GpuProductTest $cuda.GpuCublasLtTest $cuda.GpuProfileBf16Test $cuda.GpuProfileF32Test $cuda.GpuRepeatTest $cuda.GpuThreadsTest
  $cuda.GpuBlockF32Test $cuda.GpuBlockBf16Test ptx:$cuda.GpuBlockBf16Test memcheck:$cuda.GpuBlockBf16Test
  $cuda.GpuClustersF32Test $cuda.GpuClustersBf16Test ptx:$cuda.GpuClustersBf16Test memcheck:$cuda.GpuClustersBf16Test
  $cuda.GpuPatternsF32Test $cuda.GpuPatternsBf16Test $cuda.GpuEightBitAttentionTest $cuda.GpuEightBitProductTest
  $cuda.GpuCodedWeightsF32Test $cuda.GpuCodedWeightsBf16Test ptx:$cuda.GpuCodedWeightsBf16Test memcheck:$cuda.GpuCodedWeightsBf16Test
  org.svgen.models.cogvideox.CogVideoXTransformerGoldenTest org.svgen.models.cogvideox.CogVideoXVaeGoldenTest
  org.svgen.text.T5EncoderTest org.svgen.models.PipelineGoldenTest org.svgen.sparse.OfficialGoldenTest
  org.svgen.models.hunyuan.HunyuanTransformerGoldenTest org.svgen.models.hunyuan.HunyuanVaeGoldenTest
  org.svgen.models.hunyuan.HunyuanTextGoldenTest org.svgen.models.hunyuan.HunyuanPipelineGoldenTest
  org.svgen.models.wan.WanTransformerGoldenTest org.svgen.models.wan.WanVaeGoldenTest
  org.svgen.models.wan.WanPipelineGoldenTest org.svgen.models.wan.WanVaeTilesTest
  org.svgen.vision.ClipVisionEncoderTest org.svgen.models.DemoOnGpuTest
  ptx:$cuda.GpuAttentionBf16Test ptx:$cuda.GpuOpsBf16Test ptx:$cuda.GpuAttentionF32Test ptx:$cuda.GpuOpsF32Test
  ptx:$cuda.GpuProfileBf16Test ptx:$cuda.GpuProfileF32Test ptx:$cuda.GpuProductTest ptx:$cuda.GpuCublasLtTest
  memcheck:$cuda.GpuAttentionBf16Test memcheck:$cuda.GpuOpsBf16Test memcheck:$cuda.GpuProductTest
  memcheck:$cuda.GpuProfileBf16Test racecheck:$cuda.GpuProfileBf16Test
  racecheck:$cuda.GpuAttentionBf16Test racecheck:$cuda.GpuOpsBf16Test
  memcheck-ptx:$cuda.GpuAttentionBf16Test racecheck-ptx:$cuda.GpuAttentionBf16Test
  memcheck-ptx:$cuda.GpuProfileBf16Test racecheck-ptx:$cuda.GpuProfileBf16Test"}
cd "$root/engine"
run() {
  local start=$SECONDS class=${1#*:} options=() wrapper=() log=$output/$1.log
  case $1 in *ptx:*) options=(-Dsvgen.cuda.arch=compute_80 -Dsvgen.cuda.products=own) ;; esac
  case $1 in
    memcheck* | racecheck*)
      # The JVM catches faults of its own on purpose; heads of the reports are enough.
      wrapper=(compute-sanitizer --tool "${1%%[:-]*}" --print-limit 20 --error-exitcode 86)
      command -v compute-sanitizer >/dev/null || wrapper=(false)
      ;;
  esac
  timeout -k 5 "${SVGEN_TEST_SECONDS:-80}" "${wrapper[@]}" "${java[@]}" "${options[@]}" -cp "$path" \
    org.junit.platform.console.ConsoleLauncher execute \
    --select-class "$class" --details=tree --disable-banner --disable-ansi-colors >"$log" 2>&1
  local code=$?
  grep -E '✘|ERROR SUMMARY|RACECHECK SUMMARY' "$log" | sed "s/^[^a-zA-Z]*/  ${1##*.}: /" | cut -c1-230 | head -n 12 >"$output/$1.failures"
  echo "$(sed 's/org.*\.//' <<<"$1"): exit $code, $((SECONDS - start)) s,$(sed -n 's/^\[ *\([0-9]* tests \(successful\|failed\)\) *\]/ \1/p' "$log" | tr '\n' ',')" >"$output/$1.summary"
}
for class in $classes; do
  while [ "$(jobs -rp | wc -l)" -ge "${SVGEN_JOBS:-4}" ]; do wait -n; done
  run "$class" &
done
wait
cat "$output"/*.failures "$output"/*.summary 2>/dev/null
while read -r name seconds arguments; do
  # shellcheck disable=SC2086
  timeout -k 5 "$seconds" "${java[@]}" -Dsvgen.home="$root" -cp "$path" org.svgen.cli.Main $arguments \
    >"$output/$name.out" 2>"$output/$name.err"
  echo "$name: exit $?, $arguments"
  head -c 3000 "$output/$name.out"
  grep -v 'incubator modules' "$output/$name.err" | tail -n 5 | cut -c1-400
done < <(cat "$folder/commands" 2>/dev/null)
rm -rf "$work"
RUN
chmod +x "$folder/run.sh"
du -sh "$folder"
