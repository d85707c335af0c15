#!/bin/sh
# The same project finds an installed copy through pkg-config and PATH.
. "$(dirname "$0")/common.sh"

copy_source_tree
quietly meson setup build subprojects/precompiledseccomp --prefix="$work/prefix" --libdir=lib \
  -Dwerror=true -Dtests=disabled -Dbenchmarks=disabled -Dexamples=disabled
quietly meson install -C build
rm -r build subprojects

write_readme_project
rm -r subprojects
export PKG_CONFIG_PATH="$work/prefix/lib/pkgconfig" PATH="$work/prefix/bin:$PATH"
quietly meson setup build -Dwerror=true
quietly meson compile -C build
check_output "$(./build/myapp)"

check_tests_of_readme

# Sanitized: the generator, which is not, can still load the module. The filter is not made for what sanitizers call.
quietly meson setup sanitized -Dwerror=true -Db_sanitize=address
quietly meson compile -C sanitized
readelf -d sanitized/myapp | grep -q libasan || fail "the program is not sanitized"

# Static, with a module that is not.
sed "s/^executable('myapp', .*dependencies: pcs/&, link_args: '-static'/" meson.build > static.build
! cmp -s meson.build static.build || fail "the README's executable looks otherwise"
mv static.build meson.build
quietly meson setup static -Dwerror=true -Ddefault_library=static
quietly meson compile -C static
! readelf -d static/myapp | grep NEEDED || fail "the program is not static"
check_output "$(./static/myapp)"

# Without Meson, through pkg-config alone.
c++ -std=c++20 -fPIC -shared policy.cc -o policy.so $(pkg-config --cflags --libs precompiledseccomp-define)
"$(pkg-config --variable=generator precompiledseccomp-define)" --module policy.so --namespace myapp \
  --source myapp_filters.cc --header myapp_filters.h
c++ -std=c++20 -I. tests/worker_test.cc myapp_filters.cc -o tested_by_hand $(pkg-config --cflags --libs precompiledseccomp-testing)
./tested_by_hand > /dev/null || fail "the test fails where pkg-config alone was asked"
c++ -std=c++20 main.cc myapp_filters.cc -o by_hand $(pkg-config --cflags --libs precompiledseccomp)
check_output "$(./by_hand)"
