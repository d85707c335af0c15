#!/usr/bin/env bash
# Builds with GCC, and with Clang and its sanitizers, runs all tests with both, checks the sources with clang-format and
# clang-tidy, and ends with "N passed, N failed".
#
#   bash test/run.sh              on Debian 12; installs what is missing
#   CORPUS=DIR bash test/run.sh   with policies of other projects
#
# Builds in a directory of its own (BUILD_ROOT, or a temporary one). Leaves the source tree alone.
set -euo pipefail
cd "$(dirname "$0")/.."
source_root=$PWD

packages=(
  g++ clang clang-format clang-tidy libclang-rt-14-dev meson ninja-build pkg-config
  libboost-program-options-dev libboost-test-dev libseccomp-dev nlohmann-json3-dev libbenchmark-dev libz3-dev
  g++-aarch64-linux-gnu qemu-user musl-tools binutils ccache git patch scdoc strace
)

install_missing_packages() {
  local missing=()
  for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2> /dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ "${#missing[@]}" -gt 0 ] || return 0
  local sudo=()
  [ "$(id -u)" -eq 0 ] || sudo=(sudo)
  echo "== installing ${missing[*]}"
  "${sudo[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
}

passed=0
failed=0

# record NAME COMMAND...: one check, which passes if the command does.
record() {
  local name=$1
  shift
  echo "== $name"
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED: $name"
  fi
}

# Adds what `meson test` counted.
count_tests() {
  local log=$1
  passed=$((passed + $(sed -n 's/^Ok: *//p' "$log" | tail -n 1)))
  for kind in Fail 'Unexpected Pass' Timeout; do
    failed=$((failed + $(sed -n "s/^$kind: *//p" "$log" | tail -n 1)))
  done
}

# build_and_test NAME TEST-ARGUMENTS -- SETUP-ARGUMENTS
build_and_test() {
  local name=$1
  shift
  local test_arguments=()
  while [ "$1" != -- ]; do
    test_arguments+=("$1")
    shift
  done
  shift
  local build=$build_root/$name
  local log=$build_root/$name.log
  rm -rf "$build"
  echo "== $name: building"
  if ! { meson setup "$build" "$@" && meson compile -C "$build"; } > "$log" 2>&1; then
    tail -n 60 "$log"
    failed=$((failed + 1))
    echo "FAILED: $name does not build"
    return
  fi
  echo "== $name: testing"
  meson test -C "$build" --print-errorlogs "${test_arguments[@]}" > "$log" 2>&1 || true
  grep -E '^ *[0-9]+/[0-9]+ |^Ok:|^Expected Fail:|^Fail:|^Unexpected Pass:|^Skipped:|^Timeout:' "$log" || true
  if ! grep -q '^Ok:' "$log"; then
    tail -n 60 "$log"
    failed=$((failed + 1))
    echo "FAILED: $name: the tests did not run"
    return
  fi
  grep -qE '^(Fail|Timeout): *[1-9]' "$log" && tail -n 200 "$log"
  count_tests "$log"
}

sources() { git -C "$source_root" ls-files '*.cc' '*.h' | grep -v '^subprojects/'; }

# units DATABASE FOLDER: makes a compilation database in FOLDER, and prints the files in it. Sources are joined, eight of a folder at a
# time: clang-tidy looks at what they include once, which takes most of its time. `#line` keeps names and lines, and has the
# analyser take all of it for the main file's. Some folders' cannot be joined. Each source has its first command: most have several, which see
# the same text.
units() {
  python3 - "$1" "$2" << 'END'
import json, os, subprocess, sys
database, folder = sys.argv[1:]
tracked = set(subprocess.run(["git", "ls-files", "lib/*.cc", "gen/*.cc"], capture_output=True, text=True).stdout.split())
first = {}
for command in json.load(open(database)):
    name = os.path.relpath(os.path.realpath(os.path.join(command["directory"], command["file"])))
    if name in tracked:
        first.setdefault(name, command)
groups = {}
for name in sorted(first):
    alone = os.path.dirname(name) in ("gen", "gen/people", "gen/read", "lib/runtime")
    groups.setdefault(name if alone else os.path.dirname(name), []).append(name)
commands = []
for group, names in groups.items():
    for begin in range(0, len(names), 8):
        part = names[begin:begin + 8]
        command = first[part[0]]
        source = os.path.realpath(part[0])
        text = command["command"]
        if len(part) > 1:
            source = os.path.join(folder, part[0].replace("/", "_"))
            with open(source, "w") as unit:
                for name in part:
                    unit.write('#line 1 "%s"\n%s\n' % (os.path.realpath(name), open(name).read()))
            text = text[:text.rindex(" -c ")] + " -c " + source
        commands.append({"directory": command["directory"], "file": source, "command": text})
missing = tracked - set(first)
if missing:
    sys.exit("not compiled: " + " ".join(sorted(missing)))
json.dump(commands, open(os.path.join(folder, "compile_commands.json"), "w"))
print("\n".join(command["file"] for command in commands))
END
}

# places FOLDER: what clang-tidy says of joined sources, with the names and lines that they have.
places() {
  python3 -c '
import re, sys
def place(match):
    file, line = match[1], int(match[2])
    for number, text in enumerate(open(file).read().split("\n")[:line][::-1]):
        begin = re.match("#line 1 \"(.*)\"", text)
        if begin:
            return "%s:%d:" % (begin[1], number)
    return match[0]
unit = re.compile("^(" + re.escape(sys.argv[1]) + "/[^:]*):([0-9]+):")
for line in sys.stdin:
    sys.stdout.write(unit.sub(place, line))' "$1"
}

# Of tests and examples, the compilers' warnings are enough. The static analyser gets a tenth of the nodes (225,000) that it
# explores of a function by default, which would take most of the time. Joined sources include the same headers again.
check_tidy() {
  local folder=$build_root/tidy
  rm -rf "$folder"
  mkdir -p "$folder"
  local files
  files=$(units "$1/compile_commands.json" "$folder") || return
  xargs -P "$(nproc)" -n 1 clang-tidy -p "$folder" --quiet "--config-file=$source_root/.clang-tidy" \
    --checks=-readability-duplicate-include --extra-arg=-Xclang \
    --extra-arg=-analyzer-config --extra-arg=-Xclang --extra-arg=max-nodes=20000 2> /dev/null <<< "$files" |
    places "$folder"
}

# As a user has them, beside a copy of the library. With these options it is compiled as in the projects of the tests, for the build machine
# as for the host, and ccache has nearly all of it.
run_examples() {
  local copy=$build_root/examples
  local library=$copy/subprojects/precompiledseccomp
  rm -rf "$copy"
  mkdir -p "$library"
  git -C "$source_root" ls-files example | grep -v '^example/subprojects/precompiledseccomp/' |
    tar -C "$source_root" -c -T - | tar -C "$copy" -x --strip-components=1
  cp -R "$source_root"/{meson.build,meson_options.txt,lib,gen} "$library"
  meson setup "$copy/build" "$copy" -Dwerror=true -Doptimization=2 > "$copy/log" 2>&1 || { cat "$copy/log"; return 1; }
  bash "$copy/run.sh"
}

check_format() { sources | xargs clang-format --dry-run --Werror; }

install_missing_packages
build_root=${BUILD_ROOT:-$(mktemp -d)}
mkdir -p "$build_root"
[ -n "${BUILD_ROOT:-}" ] || trap 'rm -rf "$build_root"' EXIT
corpus=()
[ -z "${CORPUS:-}" ] || corpus=("-Dcorpus=$CORPUS")

# The library is built for the build machine and for the host, which are the same here, and anew in the projects of the
# tests, each in a folder of its own: alike for the most part. Nobody writes to copies of the sources that have just been made.
export CCACHE_DIR=$build_root/ccache CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=include_file_mtime,include_file_ctime
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
# With each target, in the build that has a fuzzer.
export FUZZ_SECONDS=${FUZZ_SECONDS:-15}

record 'sources are formatted' check_format
# What GCC finds with -O2, it finds in the projects of the tests, which are built with it.
CC="ccache gcc" CXX="ccache g++" build_and_test gcc -- -Dwerror=true -Doptimization=1 -Ddebug=false "${corpus[@]}"
# Not the projects, which build the library themselves and without sanitizers, nor the examples, whose filters refuse
# system calls that sanitizers make, nor the benchmarks.
CC="ccache clang" CXX="ccache clang++" build_and_test clang-sanitizers --no-suite projects -- -Dwerror=true \
  -Ddebug=false -Dcpp_args=-gline-tables-only -Doptimization=1 -Dexamples=disabled -Dbenchmarks=disabled \
  -Db_sanitize=address,undefined -Db_lundef=false "${corpus[@]}"
record 'clang-tidy finds nothing' check_tidy "$build_root/clang-sanitizers"
record 'the examples run' run_examples

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
