# Sourced by ./mvnw and ./svgen: exports as JAVA_HOME the first JDK that is new enough, of
# JAVA_HOME, the java on the PATH, and the usual places (SVGEN_JDK_PLACES replaces those: patterns
# of folders, separated by spaces). Says what to install, and returns 1, if there is none.

# Is $1 the home of a JDK of 25.0.3 or newer?
jdk_fits() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  jdk_version=$(sed -n 's/^JAVA_VERSION="\([0-9.]*\).*/\1/p' "$1/release").0.0.0
  jdk_major=${jdk_version%%.*} jdk_rest=${jdk_version#*.}
  jdk_minor=${jdk_rest%%.*} jdk_rest=${jdk_rest#*.}
  jdk_patch=${jdk_rest%%.*}
  [ "${jdk_major:-0}" -gt 25 ] && return 0
  [ "${jdk_major:-0}" -eq 25 ] || return 1
  [ "${jdk_minor:-0}" -gt 0 ] || [ "${jdk_patch:-0}" -ge 3 ]
}

# Services have no HOME: then it is what the system says of the user, if it knows one.
home_of_user() {
  jdk_user=$(id -un 2>/dev/null)
  case $jdk_user in
    '' | *[!A-Za-z0-9._-]*) ;;
    *) eval "echo ~$jdk_user" ;;
  esac
}

find_jdk() {
  jdk_on_path=$(command -v java 2>/dev/null) && jdk_on_path=$(readlink -f "$jdk_on_path" 2>/dev/null)
  jdk_on_path=${jdk_on_path%/bin/java}
  for jdk in "${JAVA_HOME:-}" "$jdk_on_path"; do
    if [ -n "$jdk" ] && jdk_fits "$jdk"; then
      export JAVA_HOME="$jdk"
      return 0
    fi
  done
  if [ -n "${SVGEN_JDK_PLACES-}" ]; then
    # shellcheck disable=SC2086
    set -- $SVGEN_JDK_PLACES
  else
    set -- /usr/lib/jvm/* /opt/*jdk* /opt/java/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
      /Library/Java/JavaVirtualMachines/*/Contents/Home
  fi
  for jdk do
    if jdk_fits "$jdk"; then
      export JAVA_HOME="$jdk"
      return 0
    fi
  done
  echo "svgen: no JDK of 25.0.3 or newer found: install one (for example Temurin 25 from https://adoptium.net) and set JAVA_HOME to its folder" >&2
  return 1
}

if [ -z "${HOME-}" ]; then
  HOME=$(home_of_user)
  case $HOME in
    /*) ;;
    *) HOME=/nonexistent ;;
  esac
fi
find_jdk
