#!/bin/sh
# The README's project where Meson compiles all sources of a target as one: none has a name that another one has. Looks at what is compiled,
# without making the code, which would take ten times as long.
. "$(dirname "$0")/common.sh"

write_readme_project
use_source_tree_as_subproject
quietly meson setup build -Dwerror=true --unity=on --unity-size=1000
ninja -C build -t targets all > targets.txt
objects=$(sed -n 's/^\([^ ]*-unity[0-9]*\.cpp\.o\): .*/\1/p' targets.txt | grep '/libprecompiledseccomp' | grep -v -e '-host')
[ "$(printf '%s\n' "$objects" | wc -l)" -ge 3 ] || fail "there are no sources that are compiled as one: $objects"
for object in $objects; do
  command=$(ninja -C build -t commands -s "$object" | tail -n 1)
  quietly sh -c "cd build && $command -fsyntax-only"
done
