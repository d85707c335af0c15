# Functions for the tests of whole projects. Source it with the library's source tree as the first argument; it makes an empty
# directory, goes there, and removes it at the end.

set -eu
source_root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# The exit status that Meson takes for a skipped test.
skip() {
  echo "skipped: $*"
  exit 77
}

# Writes the files that the README shows: a line that begins with **name** gives the name of the next block.
write_readme_project() {
  awk '
    /^\*\*[A-Za-z_.\/]+\*\*/ { name = $0; sub(/^\*\*/, "", name); sub(/\*\*.*/, "", name); next }
    /^```/ && name != "" && !inside { inside = 1; next }
    /^```/ && inside { inside = 0; name = ""; next }
    inside { directory = name; if (sub(/\/[^\/]*$/, "", directory)) system("mkdir -p " directory); print > name }
  ' "$source_root/README.md"
  for file in policy.cc main.cc meson.build subprojects/precompiledseccomp.wrap; do
    [ -s "$file" ] || fail "the README does not show $file"
  done
}

# Makes the library's source tree the subproject that the wrap file names, without the network.
use_source_tree_as_subproject() {
  mkdir -p subprojects
  ln -s "$source_root" subprojects/precompiledseccomp
}

# A copy in the same place, for Meson finds a project by its real path: seen from a folder `build`, all paths are alike, and
# ccache knows what another test has compiled.
copy_source_tree() {
  mkdir -p subprojects/precompiledseccomp
  for part in meson.build meson_options.txt lib gen; do
    cp -R "$source_root/$part" subprojects/precompiledseccomp
  done
}

# Compilers given for the library's own build must not leak into the projects: each is configured afresh.
unset CC CXX CFLAGS CXXFLAGS LDFLAGS DESTDIR 2>/dev/null || true

# Runs meson quietly; shows what it said only if it failed.
quietly() {
  "$@" > log.txt 2>&1 || {
    cat log.txt
    fail "$*"
  }
}


check_output() {
  count=$(printf '%s\n' "$1" | grep -c -e '^worker: [0-9]* instructions$' -e '^write to fd2: allowed, open: Permission denied$')
  [ "$count" = 2 ] || fail "unexpected output: $1"
}

# With the folder of tests that the README shows: they pass, and print what it says, if the calls of a child can be known here.
check_tests_of_readme() {
  cp meson.build without_tests.build
  echo "subdir('tests')" >> meson.build
  quietly meson compile -C build
  quietly meson test -C build
  ./build/tests/worker_test > printed.txt || fail "the README's test fails"
  sed -n '/^    \$ build\/tests\/worker_test$/,/^$/ { s/^    //; /^\$/d; /^$/d; p }' "$source_root/README.md" > promised_test.txt
  grep -q 'calls are not known: ptrace' printed.txt || diff promised_test.txt printed.txt || fail "the README promises another outcome of its test"
  mv without_tests.build meson.build
}

have_cross_tools() {
  command -v aarch64-linux-gnu-g++ > /dev/null && command -v qemu-aarch64 > /dev/null
}

write_cross_file() {
  cat > aarch64.ini << 'EOF'
[binaries]
c = 'aarch64-linux-gnu-gcc'
cpp = 'aarch64-linux-gnu-g++'
ar = 'aarch64-linux-gnu-ar'
strip = 'aarch64-linux-gnu-strip'
exe_wrapper = ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu']

[host_machine]
system = 'linux'
cpu_family = 'aarch64'
cpu = 'aarch64'
endian = 'little'
EOF
}

run_aarch64() { qemu-aarch64 -L /usr/aarch64-linux-gnu "$@"; }
