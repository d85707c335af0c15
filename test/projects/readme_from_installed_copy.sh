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

# Without Meson, through pkg-config alone.
c++ -std=c++20 -fPIC -shared policy.cc -o policy.so $(pkg-config --cflags --libs precompiledseccomp-define)
"$(pkg-config --variable=generator precompiledseccomp-define)" --module policy.so --namespace myapp \
  --source myapp_filters.cc --header myapp_filters.h
c++ -std=c++20 main.cc myapp_filters.cc -o by_hand $(pkg-config --cflags --libs precompiledseccomp)
check_output "$(./by_hand)"
