#!/bin/sh
# Meson takes from the wraps what the build asks for and a machine may lack: all of it in a native build, and libseccomp for both machines
# of a cross build. Nothing is downloaded: in place of each archive there is a stand-in, with what the wrap says that the archive offers.
. "$(dirname "$0")/common.sh"

value() { sed -n "s/^$1 = //p" "$wrap"; }

mkdir subprojects
cp -R "$source_root/subprojects/packagefiles" "$source_root"/subprojects/*.wrap subprojects
for wrap in subprojects/*.wrap; do
  for hash in $(sed -n 's/^[a-z]*_hash = //p' "$wrap"); do
    printf '%s\n' "$hash" | grep -qE '^[0-9a-f]{64}$' || fail "$wrap: $hash is not a SHA-256"
  done
  [ -n "$(value source_hash)" ] || fail "$wrap does not say which archive it means"
  stand_in=subprojects/$(value directory)
  mkdir "$stand_in"
  patch=$(value patch_directory)
  if [ -n "$patch" ]; then
    cp -R "subprojects/packagefiles/$patch/." "$stand_in"
    sed -n "s/^ *'\([^' ]*\.c\)',$/\1/p" "$stand_in/meson.build" > sources.txt
    [ -s sources.txt ] || fail "subprojects/packagefiles/$patch has no sources"
    while read -r source; do
      mkdir -p "$(dirname "$stand_in/$source")" "$stand_in/include"
      echo '#include "configure.h"' > "$stand_in/$source"
    done < sources.txt
  else
    {
      echo "project('stand-in', 'cpp')"
      sed '1,/^\[provide\]$/d; /_dep$/!d; s/.* = \(.*\)/\1 = declare_dependency()/' "$wrap"
    } > "$stand_in/meson.build"
    echo "option('tests', type: 'feature', value: 'auto')" > "$stand_in/meson_options.txt"
  fi
done

# Boost has no wrap; threads and dl come with libc.
asked_for=$(cd "$source_root" && find lib gen test -name meson.build -exec grep -ohE "\bdependency\('[^']+'" {} + |
  sed "s/.*('//; s/'//" | sort -u | grep -vxE 'boost|threads|dl')
[ -n "$asked_for" ] || fail "the build asks for nothing"

# write_project DEPENDENCY...: programs of the build machine, and one of the host machine, that link with what the wraps give.
echo 'int main() {}' > main.cc
write_project() {
  {
    echo "project('asking', 'cpp', meson_version: '>=1.0.1')"
    echo "add_languages('cpp', native: true)"
    for name in "$@"; do
      echo "dep = dependency('$name', native: true)"
      echo "assert(dep.type_name() == 'internal', 'no wrap provides $name')"
      echo "executable('build-$name', 'main.cc', dependencies: dep, native: true)"
    done
    echo "executable('host-libseccomp', 'main.cc', dependencies: dependency('libseccomp', version: '>=2.5.0'))"
  } > meson.build
}

write_project $asked_for
quietly meson setup native --wrap-mode=forcefallback
quietly meson compile -C native

have_cross_tools || exit 0
write_cross_file
write_project libseccomp
quietly meson setup cross --wrap-mode=forcefallback --cross-file aarch64.ini
quietly meson compile -C cross
readelf -h cross/host-libseccomp | grep -q AArch64 || fail "the host machine's program is not an aarch64 one"
! readelf -h cross/build-libseccomp | grep -q AArch64 || fail "the build machine's program is an aarch64 one"
