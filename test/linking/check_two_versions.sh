#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Two versions of the runtime library in one process, with other layouts of what goes into it and comes out of it: in two shared libraries,
# and in two archives of one program.
#
# usage: check_two_versions.sh AR RUNTIME COMPILER...
#   RUNTIME  the sources of the runtime library, of which the other version is made
set -eu
here=$(cd "$(dirname "$0")" && pwd)
ar=$1 runtime=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

compile() { "$@" || fail "$*"; }

# replace FILE FROM TO: in one line, which must be there.
replace() {
  grep -q "$2" "$1" || fail "there is no $2 in $1"
  sed -i "s/$2/$3/" "$1"
}

cp -R "$runtime" other
other=other/include/precompiledseccomp
replace $other/interface.h 'PRECOMPILEDSECCOMP_INTERFACE v2$' 'PRECOMPILEDSECCOMP_INTERFACE v3'
replace $other/install.h '^  bool no_new_privs = true;' '  long more[3] = {0, 0, 0}; &'
replace $other/install.h '^  int error_ = 0;' '  long more_[3] = {0, 0, 0}; &'

# As a user's build may be: not optimised, and nothing is hidden that does not say so itself.
build() {
  name=$1 sources=$2 function=$3
  shift 3
  mkdir "$name"
  for source in "$here/two_versions_library.cc" "$sources"/*.cc; do
    compile "$@" -std=c++20 -O0 -fPIC -I "$sources/include" -DINSTALL="$function" -c "$source" \
      -o "$name/$(basename "$source" .cc).o"
  done
  compile "$ar" rcs "$name/runtime.a" $(ls "$name"/*.o | grep -v two_versions_library)
  compile "$@" -shared "$name/two_versions_library.o" "$name/runtime.a" -Wl,-z,lazy -o "$name/lib$name.so"
}
build one "$runtime" InstallWithOne "$@"
build second other InstallWithOther "$@"

compile "$@" -std=c++20 -c "$here/two_versions.cc" -o two_versions.o
for libraries in 'one/libone.so second/libsecond.so' 'second/libsecond.so one/libone.so' \
  'one/two_versions_library.o second/two_versions_library.o one/runtime.a second/runtime.a' \
  'one/two_versions_library.o second/two_versions_library.o second/runtime.a one/runtime.a'; do
  compile "$@" two_versions.o $libraries -Wl,-rpath,"$work/one:$work/second" -o two_versions
  ./two_versions > log.txt || { cat log.txt; fail "with $libraries"; }
done
