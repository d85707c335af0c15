#!/bin/sh
# The examples cross compiled for aarch64, with their programs rendered by the cross-built binary under qemu.
. "$(dirname "$0")/common.sh"

have_cross_tools || skip "needs g++-aarch64-linux-gnu and qemu-user"
cp -R "$source_root/example/." .
rm -rf build* subprojects/precompiledseccomp
use_source_tree_as_subproject
write_cross_file
quietly meson setup build -Dwerror=true --cross-file aarch64.ini
quietly meson compile -C build

classic=$(find build -name classic -type f | head -n 1)
[ -n "$classic" ] || fail "there is no program named classic"
readelf -h "$classic" | grep -q AArch64 || fail "the example is not an aarch64 program"
rendered=$(run_aarch64 "$classic" --render)
# The filters compare seccomp_data.arch with AUDIT_ARCH_AARCH64, and look for aarch64's number of read.
for operand in 3221225655 63; do
  printf '%s\n' "$rendered" | grep -q " $operand\$" || fail "operand $operand is not in: $rendered"
done
