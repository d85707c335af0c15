#!/bin/sh
# The README's project on a machine without libseccomp: Meson finds the library's wrap and builds libseccomp from source. Needs the archive
# in subprojects/packagecache, where Meson puts what it downloads (meson subprojects download libseccomp).
. "$(dirname "$0")/common.sh"

wrap=$source_root/subprojects/libseccomp.wrap
archive=$source_root/subprojects/packagecache/$(sed -n 's/^source_filename = //p' "$wrap")
[ -f "$archive" ] || skip "needs $archive"

write_readme_project
use_source_tree_as_subproject
mkdir -p subprojects/packagecache
cp "$archive" subprojects/packagecache
quietly meson setup build --force-fallback-for=libseccomp -Dwerror=true
quietly meson compile -C build
check_output "$(./build/myapp)"
generator=$(find build -name precompiledseccomp-gen -type f)
[ -n "$generator" ] || fail "there is no generator"
! readelf -d "$generator" | grep -q 'libseccomp\.so' || fail "the generator has the system's libseccomp"
