#!/usr/bin/env bash
# Builds the examples and runs them: what is allowed and what is refused, in the real kernel.
#
#   bash example/run.sh     on Debian 12; installs what is missing
#
# Builds in BUILD_DIR, or example/build.
set -euo pipefail
cd "$(dirname "$0")"
build=${BUILD_DIR:-$PWD/build}

packages=(g++ meson ninja-build pkg-config libboost-program-options-dev libseccomp-dev iputils-ping util-linux)

install_missing_packages() {
  local missing=()
  for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2> /dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ "${#missing[@]}" -gt 0 ] || return 0
  local sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo > /dev/null || {
      echo "these packages are missing, and installing them needs root or sudo: ${missing[*]}" >&2
      exit 1
    }
    sudo=(sudo)
  fi
  echo "installing what the examples need to be built and shown: ${missing[*]}"
  "${sudo[@]}" apt-get update -qq
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
}

build_examples() {
  local log
  log=$(mktemp)
  [ -f "$build/build.ninja" ] || meson setup "$build" . > "$log" 2>&1 || { cat "$log"; exit 1; }
  meson compile -C "$build" > "$log" 2>&1 || { cat "$log"; exit 1; }
  rm -f "$log"
}

passed=0
failed=0

# outcome OK: counts a check, and says how it went.
outcome() {
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "    ^^^ NOT AS EXPECTED"
  fi
}

# allowed COMMAND...: it must succeed in the sandbox.
allowed() {
  echo "\$ sandbox-run -- $*"
  outcome run_in_sandbox "$@"
}
run_in_sandbox() { "$build/sandbox_run/sandbox-run" -- "$@" < /dev/null 2>&1 | sed 's/^/    /'; }

# refused TEXT COMMAND...: it must work outside, or at least be there, fail in the sandbox, and say TEXT.
refused() {
  local text=$1
  shift
  echo "\$ sandbox-run -- $*"
  outcome fails_with "$text" "$@"
}
fails_with() {
  local text=$1 output status=0
  shift
  output=$("$build/sandbox_run/sandbox-run" -- "$@" < /dev/null 2>&1) || status=$?
  printf '%s\n' "$output" | sed 's/^/    /'
  [ "$status" -ne 0 ] && grep -qF -- "$text" <<< "$output"
}

install_missing_packages
build_examples
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo
echo "1. Two filters that differ in one descriptor"
outcome "$build/classic/classic"

echo
echo "2. Real programs under a container-style profile"
printf 'pear\napple\nfig\n' > "$work/fruit"
printf '#include <iostream>\nint main() { std::cout << "compiled in the sandbox\\n"; }\n' > "$work/hello.cc"
allowed ls -l "$work"
allowed sort "$work/fruit"
allowed g++ "$work/hello.cc" -o "$work/hello"
allowed "$work/hello"
refused 'denied' ping -c 1 127.0.0.1
refused 'Operation not permitted' unshare --uts true
refused 'permission denied' mount -t tmpfs none "$work"
refused 'Operation not permitted' chroot / true
refused 'Operation not permitted' mknod "$work/memory" c 1 1

echo
echo "3. A privilege-separated worker, whose descriptors are known at run time only"
outcome "$build/worker/worker"

echo
echo "4. The same without embedded tables, compiled at run time"
outcome "$build/stub/stub"

echo
echo "5. A supervisor opens files for a worker, by paths that no filter sees"
outcome "$build/notify/notify"

echo
echo "6. Code that is made at run time makes no system calls"
outcome "$build/jit/jit"

echo
echo "example: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
