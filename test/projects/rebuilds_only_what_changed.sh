#!/bin/sh
# A change of the policy that does not change the filter does not rebuild the application; one that does, does.
. "$(dirname "$0")/common.sh"

write_readme_project
use_source_tree_as_subproject
quietly meson setup build
quietly meson compile -C build
stamp() { stat -c %Y.%y "build/$1"; }

before=$(stamp myapp_filters.cc)
printf '\n// A comment.\n' >> policy.cc
quietly meson compile -C build
[ "$(stamp myapp_filters.cc)" = "$before" ] || fail "an unchanged table was written again"

sed -i 's/EACCES/EPERM/' policy.cc
quietly meson compile -C build
[ "$(stamp myapp_filters.cc)" != "$before" ] || fail "a changed policy did not change the table"
output=$(./build/myapp || true)
printf '%s\n' "$output" | grep -q 'open: Operation not permitted' || fail "the program has the old filter: $output"

sed -i 's/"openat"/"opennat"/' policy.cc
if meson compile -C build > log.txt 2>&1; then fail "a policy with an error builds"; fi
grep -q 'precompiledseccomp-gen: .*: program "worker": unknown system call "opennat" for .*did you mean "openat"' log.txt ||
  { cat log.txt; fail "the error is not shown"; }
