#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Of what the runtime library and generated sources bring into a shared library, nothing is exported, and nothing is left to the dynamic
# linker, whatever the optimisation.
#
# usage: check_exports.sh NM LIBRARY...
set -eu
LC_ALL=C
export LC_ALL
nm=$1
shift
failed=0
for library; do
  "$nm" -D "$library" | grep -q ' T [A-Z][a-z]*Library$' || { echo "FAILED: $library does not export what it should"; failed=1; }
  symbols=$("$nm" -D "$library" | grep -e precompiledseccomp -e '6worker' -e _ZNSt -e _ZNKSt -e _ZSt || true)
  [ -z "$symbols" ] || { echo "FAILED: $library has dynamic symbols that are to be local:"; echo "$symbols"; failed=1; }
done
exit "$failed"
