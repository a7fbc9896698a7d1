#!/usr/bin/env bash
# Makes cli/target/svgen-VERSION-linux-x86_64.tar.xz, and its SHA-256 beside it: a Java runtime, the
# jars, the libraries and kernels in them, the demo model, a launcher, manual pages, completion, all
# licences and an SBOM. It runs on any x86-64 Linux with glibc 2.34 or
# newer; for a GPU the machine needs NVIDIA's driver, and nothing else.
# Started by `./mvnw -Pbundle package`, behind the packaging of cli.
#
#   tools/bundle.sh [FOLDER]     FOLDER: leaves the content there and makes no archive
set -euo pipefail
CDPATH='' cd -- "$(dirname -- "$0")/.."
. .mvn/find-jdk.sh

version=$(sed -n 's:^  <version>\(.*\)</version>:\1:p' pom.xml | head -n 1)
name=svgen-$version-linux-x86_64
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
home=$work/svgen-$version
mkdir -p "$home/bin" "$home/lib" "$home/models"

cp cli/target/svgen.jar "$home/lib/"
cp cli/target/lib/*.jar "$home/lib/"
cp LICENSE NOTICE "$home/"
cp docs/bundle.md "$home/README.md"
cp -r models/demo "$home/models/"
# Licences: of libraries inside jars, and what jars bring themselves. jlink adds the runtime's.
cp -r licenses "$home/"
mkdir "$home/licenses/jars"
for jar in "$home"/lib/*.jar; do
  case $jar in "$home"/lib/svgen*) continue ;; esac
  # Exit code 11: it brings none.
  unzip -q -j -o "$jar" 'META-INF/*LICENSE*' 'META-INF/*NOTICE*' -d "$home/licenses/jars/$(basename "$jar" .jar)" 2>/dev/null ||
    [ $? -eq 11 ]
done
find "$home/licenses/jars" -type d -empty -delete
sbom=cli/target/svgen-cli-$version-sbom.json
if [ -r "$sbom" ]; then
  cp "$sbom" "$home/sbom.json"
else
  echo "tools/bundle.sh: no SBOM: ./mvnw -Pbundle package makes $sbom, but not with -o" >&2
fi
# Libraries of other systems, and FFmpeg's own programs.
for jar in "$home"/lib/tokenizers-*.jar "$home"/lib/sentencepiece-*.jar; do
  zip -q -d "$jar" 'native/lib/win*' 'native/lib/osx*' 'native/lib/linux-aarch64/*' 'native/lib/linux-x86_64/cu*' || true
done
for jar in "$home"/lib/sqlite-jdbc-*.jar; do
  zip -q -d "$jar" 'org/sqlite/native/[!L]*' 'org/sqlite/native/Linux-*' 'org/sqlite/native/Linux/[!x]*' 'org/sqlite/native/Linux/x86/*' || true
done
for jar in "$home"/lib/ffmpeg-*-linux-x86_64.jar; do
  zip -q -d "$jar" '*/ffmpeg' '*/ffprobe' '*/include/*' || true
done
# Stored, not deflated, jars: all of it is compressed together, better.
for jar in "$home"/lib/*.jar; do
  unpacked=$(mktemp -d -p "$work")
  (cd "$unpacked" && unzip -q "$jar" && rm "$jar" && zip -q -0 -X -r "$jar" META-INF . )
  rm -r "$unpacked"
done

"$JAVA_HOME/bin/jlink" --output "$home/runtime" --strip-debug --no-header-files --no-man-pages --compress=zip-0 \
  --add-modules java.base,java.desktop,java.logging,java.management,java.naming,java.net.http,java.security.jgss,java.sql,java.xml,jdk.crypto.ec,jdk.incubator.vector,jdk.management,jdk.unsupported,jdk.zipfs

cat >"$home/bin/svgen" <<'LAUNCHER'
#!/usr/bin/env bash
# Runs svgen with the Java runtime beside it.
#   SVGEN_JAVA_OPTS   more options for java
#   SVGEN_DEBUG=1     stack traces with error messages
set -u

# What is closed would be opened again by the JVM, for a file of its own. A standard output that can
# only be read refuses what is written, as a closed one does.
true 3>&2 || exec 2>/dev/null
{ true 3<&0; } 2>/dev/null || exec </dev/null
{ true 3>&1; } 2>/dev/null || exec 1</dev/null
pwd -P >/dev/null 2>&1 || { echo "svgen: the folder that this runs in is gone: go to another" >&2 && exit 2; }

self=$(readlink -f -- "${BASH_SOURCE[0]}")
home=$(dirname -- "$(dirname -- "$self")")
terminal=false
[ -t 2 ] && [ "${TERM:-dumb}" != dumb ] && terminal=true

# Java reads arguments and names of files by the locale. In the POSIX locale, which cron and
# containers have, and where the wanted one is not installed, all but ASCII would be lost: then java
# alone gets a locale with UTF-8.
charmap() { env "$@" locale charmap 2>/dev/null; }
java=()
case $(charmap) in
  '' | ANSI* | US-ASCII | ASCII | 646)
    for utf8 in C.UTF-8 en_US.UTF-8; do
      case $(charmap LC_ALL=$utf8) in '' | UTF-8) java=(env "LC_ALL=$utf8") && break ;; esac
    done
    ;;
esac
# Tensors live outside the heap, so a simple collector does.
java+=("$home/runtime/bin/java"
  --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
  -Xms64m -XX:+UseSerialGC -Djava.awt.headless=true
  -Dsvgen.home="$home" -Dsvgen.terminal=$terminal)
[ -n "${TMPDIR-}" ] && [ -d "$TMPDIR" ] && java+=(-Djava.io.tmpdir="$TMPDIR")
# Classes that are ready to be used; without them, or where they don't fit, the start takes longer.
# They want the jars in the same order everywhere; only here the locale is another.
path=$(LC_ALL=C && IFS=: && set -- "$home"/lib/*.jar && printf '%s' "$*")
[ -r "$home/lib/svgen.jsa" ] &&
  java+=(-XX:SharedArchiveFile="$home/lib/svgen.jsa" -Xshare:auto -Xlog:disable)
set -f
# shellcheck disable=SC2206
java+=(${SVGEN_JAVA_OPTS-})
set +f
run=(-cp "$path" org.svgen.cli.Main)

# The JVM's warning about its vector module, which comes with every start, its words on options from
# the environment, and what it says when Ctrl-C meets it half started.
without_noise() {
  local line
  trap '' INT
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      'WARNING: Using incubator modules'* | *'Picked up '*_OPTIONS:* | 'Runtime.exit(130) logging'*) ;;
      *) printf '%s\n' "$line" ;;
    esac
  done
}
# They are filtered away where somebody or a program reads; svgen writes past the filter, by fd 3.
if [ -t 2 ] || [ -p /dev/fd/2 ]; then
  exec "${java[@]}" -Dsvgen.stderr=/dev/fd/3 "${run[@]}" "$@" 3>&2 2> >(without_noise >&3)
fi
exec "${java[@]}" "${run[@]}" "$@"
LAUNCHER
chmod +x "$home/bin/svgen"

"$home/bin/svgen" man "$home/share/man/man1"
mkdir -p "$home/share/bash-completion/completions"
"$home/bin/svgen" completion bash >"$home/share/bash-completion/completions/svgen"

# The classes of the archive: what commands load, and all that talk to a GPU, which may not be here.
list=$work/classes
tools/class-list.sh "$home/bin/svgen" "$list.used"
{
  cat "$list.used"
  unzip -Z1 "$home"/lib/svgen-cuda-*.jar '*.class' | sed 's/\.class$//; /package-info/d'
} | awk '!seen[$0]++' >"$list"
# The archive is used only with files of the same times, which are those that tar will give them.
stamp=$(sed -n 's:.*<project.build.outputTimestamp>\(.*\)</.*:\1:p' pom.xml)
find "$home" -exec touch -h -d "$stamp" {} +
SVGEN_JAVA_OPTS="-Xshare:dump -XX:SharedClassListFile=$list -XX:SharedArchiveFile=$home/lib/svgen.jsa -Xlog:disable" "$home/bin/svgen" >/dev/null
if [ $# -gt 0 ]; then
  mkdir -p "$1"
  cp -rp "$home/." "$1/"
  SVGEN_JAVA_OPTS="-Xshare:on" "$1/bin/svgen" doctor >/dev/null
  exit
fi
tar -C "$work" --sort=name --mtime="$stamp" --owner=0 --group=0 --numeric-owner -c "svgen-$version" |
  xz -6 -T0 >"cli/target/$name.tar.xz"
# As its users will have it: unpacked elsewhere, with the classes' archive in use.
mkdir "$work/unpacked"
tar -C "$work/unpacked" -xf "cli/target/$name.tar.xz"
SVGEN_JAVA_OPTS="-Xshare:on" "$work/unpacked/svgen-$version/bin/svgen" doctor >/dev/null
(cd cli/target && sha256sum "$name.tar.xz" >"$name.tar.xz.sha256")
echo "cli/target/$name.tar.xz, $(du -h "cli/target/$name.tar.xz" | cut -f1)"
