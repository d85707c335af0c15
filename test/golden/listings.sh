#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Listings of some programs as files, NAME.ARCH.txt: what `precompiledseccomp-gen --disassemble` writes.
#
# usage: listings.sh compare|renew FOLDER GENERATOR "ARCHITECTURE..." {MODULE "PROGRAM..."}...
#   compare  shows what is different now, and fails if anything is
#   renew    writes all files anew
set -eu
what=$1 folder=$2 generator=$3 architectures=$4
shift 4
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT

while [ $# -gt 0 ]; do
  module=$1 programs=$2
  shift 2
  for program in $programs; do
    for architecture in $architectures; do
      "$generator" --module "$module" --disassemble "$program" --arch "$architecture" > "$new/$program.$architecture.txt"
    done
  done
done

case $what in
  renew)
    rm -f "$folder"/*.txt
    cp "$new"/*.txt "$folder"
    ;;
  compare)
    # A file of a program that is no longer listed is a difference, too.
    mkdir "$new/golden" "$new/now"
    mv "$new"/*.txt "$new/now"
    cp "$folder"/*.txt "$new/golden"
    cd "$new"
    diff -u -r -N golden now && exit
    echo "These listings are different from those in $folder."
    echo "If they are to be: meson compile -C BUILD renew-golden, and say why in the commit."
    exit 1
    ;;
esac
