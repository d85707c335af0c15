#!/bin/sh
# The README's four files are a project that builds, does what the README says, and rebuilds only what changed.
. "$(dirname "$0")/common.sh"

write_readme_project
use_source_tree_as_subproject
quietly meson setup build -Dwerror=true
! grep -i 'warning' log.txt || fail "meson warns"
quietly meson compile -C build
! grep 'precompiledseccomp-gen: ' log.txt || fail "the generator finds something in the README's policy"
check_output "$(./build/myapp)"
if [ "$(uname -m)" = x86_64 ]; then
  sed -n '/&& \.\/build\/myapp$/,/^$/ { s/^    //; /&&/d; /^$/d; p }' "$source_root/README.md" > promised.txt
  ./build/myapp | diff promised.txt - || fail "the README promises another output"
fi
# The program needs nothing but libc and what C++ brings.
if readelf -d build/myapp | grep NEEDED | grep -v -e 'libc\.so' -e 'libstdc++' -e 'libgcc_s' -e 'libm\.so'; then
  fail "the program has a dependency it need not have"
fi
# A subproject installs nothing.
DESTDIR="$work/destdir" quietly meson install -C build
[ -z "$(find destdir -name '*precompiledseccomp*' 2> /dev/null)" ] || fail "the subproject installs files"

# What is for tests is built where it is asked for, and nowhere else.
[ -z "$(find build -path '*precompiledseccomp-testing*' -type f)" ] || fail "the library for tests is built without a test"
check_tests_of_readme

# The program for people is built when it is asked for, as the README says.
people=$(sed -n 's/.*asked for, by `ninja -C build \(.*\)`\.$/\1/p' "$source_root/README.md")
quietly ninja -C build "$people"
"./build/$people" explain build/libmyapp_policy.so 'openat(AT_FDCWD)' > explained.txt && fail "a refused call is explained as allowed"
grep -q 'policy.cc:' explained.txt || fail "the rule that decides is not told"

# What the policy allows is enough for a thread that is stopped while it waits, and for another libc: here with what a
# C program makes of the same filter.
compile() {
  c++ -std=c++20 "$source_root/test/projects/$1.cc" build/myapp_filters.cc -o "$1" -Ibuild \
    -I"$source_root/lib/runtime/include" "$(find build -name libprecompiledseccomp.a)" || fail "$1.cc does not compile"
}
compile stopped
./stopped || fail "a thread that waits does not survive that it is stopped"
if command -v musl-gcc > /dev/null; then
  compile print_filter
  ./print_filter > filter.inc
  musl-gcc -static -I. "$source_root/test/projects/with_another_libc.c" -o with_musl || fail "does not compile with musl"
  check_output "$(./with_musl || echo "exit status $?")"
fi

# From here on the policy changes. What does not change the filter does not touch the table.
stamp() { stat -c %Y.%y "build/$1"; }
table=$(stamp myapp_filters.cc)
header=$(stamp myapp_filters.h)
printf '\n// A comment.\n' >> policy.cc
quietly meson compile -C build
[ "$(stamp myapp_filters.cc)" = "$table" ] || fail "an unchanged table was written again"
[ "$(stamp myapp_filters.h)" = "$header" ] || fail "an unchanged header was written again"

# Another filter is another table, and the header names its content: what includes it is compiled again.
sed -i 's/EACCES, {"openat"/EPERM, {"creat", "openat"/' policy.cc
quietly meson compile -C build
[ "$(stamp myapp_filters.cc)" != "$table" ] || fail "a changed policy did not change the table"
[ "$(stamp myapp_filters.h)" != "$header" ] || fail "a changed policy did not change the header"
output=$(./build/myapp || true)
printf '%s\n' "$output" | grep -q 'open: Operation not permitted' || fail "the program has the old filter: $output"

sed -i 's/"openat"/"opennat"/' policy.cc
if meson compile -C build > log.txt 2>&1; then fail "a policy with an error builds"; fi
grep -q 'precompiledseccomp-gen: .*: program "worker": unknown system call "opennat" for .*did you mean "openat"' log.txt ||
  { cat log.txt; fail "the error is not shown"; }

# With sanitizers. They are for the application: neither the generator nor what it loads has any.
sed -i 's/"opennat"/"openat"/' policy.cc
quietly meson configure build -Db_sanitize=address
# Of the application alone: its tests would have the whole library compiled once more.
quietly meson compile -C build myapp
readelf -d build/myapp | grep -q libasan || fail "the program is not sanitized"
generator=$(find build -name precompiledseccomp-gen -type f)
! readelf -d "$generator" | grep -q libasan || fail "the generator is sanitized"
