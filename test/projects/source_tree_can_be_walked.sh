#!/bin/sh
# Tools that follow links come to an end: no link makes the source tree contain itself.
. "$(dirname "$0")/common.sh"

LC_ALL=C find -L "$source_root" -mindepth 1 \( -name .git -o -name 'build*' \) -prune -o -print > files.txt 2> errors.txt || true
! grep 'loop' errors.txt || fail "the source tree contains itself"
grep -q '/example/subprojects/precompiledseccomp/lib/meson.build$' files.txt || fail "the examples do not have the library as a subproject"
