#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The runtime library needs nothing but libc, holds no state and runs no constructors; tables are read-only data.
#
# usage: check_independence.sh NM READELF ARCHIVE PROGRAM
#   ARCHIVE  the runtime library
#   PROGRAM  a position-independent program that uses it with embedded programs
set -eu
LC_ALL=C
export LC_ALL
nm=$1 readelf=$2 archive=$3 program=$4
failed=0

fail() {
  echo "FAILED: $1"
  failed=1
}

# expect_none WHAT LINES
expect_none() {
  [ -z "$2" ] || fail "$1:
$2"
}

# Everything that the library takes from elsewhere. Neither allocation nor anything of the C++ library is here.
allowed='^(mem(cpy|move|cmp|set)|bcmp|strlen|__mem(cpy|move)_chk|prctl|syscall|__errno_location|___errno_location'
allowed="$allowed"'|__stack_chk_(fail|guard)|_GLOBAL_OFFSET_TABLE_)$'

symbols=$("$nm" -P "$archive" | grep -v ':$')
[ -n "$symbols" ] || fail 'the archive has no symbols'
foreign=$(echo "$symbols" | awk '
  $2 ~ /^[Uwv]$/ { used[$1]; next }
  { defined[$1] }
  END { for (symbol in used) if (!(symbol in defined)) print symbol }' | { grep -Ev "$allowed" || true; })
expect_none 'the library needs symbols that are not on the list' "$foreign"

# B, C, D, G and S: writable data, or data that is written when addresses are relocated. _ZGV: the guard of a
# static that is initialised when it is first reached.
expect_none 'the library has writable data' "$(echo "$symbols" | awk '$2 ~ /^[bBdDcCsSgG]$/')"
expect_none 'the library has guarded statics' "$(echo "$symbols" | grep '^_ZGV' || true)"

sections=$("$readelf" -SW "$archive")
expect_none 'the library has constructors or destructors' \
  "$(echo "$sections" | grep -E '\.(init_array|fini_array|preinit_array|ctors|dtors)' || true)"
expect_none 'the library has exception tables' "$(echo "$sections" | grep -F .gcc_except_table || true)"

needed=$("$readelf" -dW "$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p')
expect_none 'the program needs more than libc' "$(echo "$needed" | grep -Ev '^(libc\.|ld-linux|ld-musl)' || true)"

# The symbol of the table, in a section that is read-only and was never written for relocation.
"$readelf" -hW "$program" | grep -Eq 'Type:[[:space:]]+DYN' || fail 'the program is not position-independent'
index=$("$readelf" -sW "$program" | awk '/6kTable/ { print $7; exit }')
section=$("$readelf" -SW "$program" | sed -n "s/^ *\[ *${index:-none}\] *\([^ ]*\).*/\1/p")
[ "$section" = .rodata ] || fail "the table of programs is in section '$section', not in .rodata"

[ "$failed" = 0 ] && echo 'the library needs nothing but libc'
exit "$failed"
