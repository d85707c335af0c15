#!/bin/sh
# Cross compiled for aarch64: the generator runs here, the tables are the other machine's.
. "$(dirname "$0")/common.sh"

have_cross_tools || skip "needs g++-aarch64-linux-gnu and qemu-user"
write_readme_project
use_source_tree_as_subproject
write_cross_file
quietly meson setup build --cross-file aarch64.ini -Dwerror=true
quietly meson compile -C build
readelf -h build/myapp | grep -q AArch64 || fail "the program is not an aarch64 one"
grep -q '0xc00000b7' build/myapp_filters.cc || fail "the tables are not for aarch64"
! grep -q '0xc000003e' build/myapp_filters.cc || fail "the tables hold another architecture's programs"

# qemu's user mode has no seccomp: the program gets as far as the kernel, and says clearly why not further.
output=$(run_aarch64 build/myapp 2>&1) && fail "installed a filter where there is no seccomp"
printf '%s\n' "$output" | grep -q '^worker: [0-9]* instructions$' || fail "rendering failed: $output"
printf '%s\n' "$output" | grep -q '^cannot install the filter: ' || fail "no clear message: $output"
