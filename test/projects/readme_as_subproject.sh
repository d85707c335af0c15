#!/bin/sh
# The README's four files are a project that builds and does what the README says.
. "$(dirname "$0")/common.sh"

write_readme_project
use_source_tree_as_subproject
quietly meson setup build -Dwerror=true
! grep -i 'warning' log.txt || fail "meson warns"
quietly meson compile -C build
check_output "$(./build/myapp)"
# The program needs nothing but libc and what C++ brings.
if readelf -d build/myapp | grep NEEDED | grep -v -e 'libc\.so' -e 'libstdc++' -e 'libgcc_s' -e 'libm\.so'; then
  fail "the program has a dependency it need not have"
fi
# A subproject installs nothing.
DESTDIR="$work/destdir" quietly meson install -C build
[ -z "$(find destdir -name '*precompiledseccomp*' 2> /dev/null)" ] || fail "the subproject installs files"
