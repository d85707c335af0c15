#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The runtime library needs nothing but libc, holds no state and runs no constructors; tables are read-only data. Looking up,
# rendering and installing call no function of libc, and stand beside main().
#
# usage: check_independence.sh NM READELF ARCHIVE PROGRAM OPTIMIZATION
#   ARCHIVE       the runtime library
#   PROGRAM       a position-independent program that uses it with embedded programs
#   OPTIMIZATION  how both were compiled, 0 for not optimised
set -eu
LC_ALL=C
export LC_ALL
nm=$1 readelf=$2 archive=$3 program=$4 optimization=$5
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

all_symbols=$("$nm" -P "$archive")
symbols=$(echo "$all_symbols" | grep -v ':$')
[ -n "$symbols" ] || fail 'the archive has no symbols'
foreign=$(echo "$symbols" | awk '
  $2 ~ /^[Uwv]$/ { used[$1]; next }
  { defined[$1] }
  END { for (symbol in used) if (!(symbol in defined)) print symbol }' | { grep -Ev "$allowed" || true; })
expect_none 'the library needs symbols that are not on the list' "$foreign"

# What runs at every start: all but the texts of errors. An unoptimised build may copy a local array with memcpy, a hardened one
# guards its stack, and other machines make system calls through libc.
used_at_start=$(echo "$all_symbols" | awk '/:$/ { counts = !/render_error/ } counts && $2 == "U" { print $1 }' | sort -u |
  { grep -Ev '18precompiledseccomp|^__stack_chk_(fail|guard)$|^_GLOBAL_OFFSET_TABLE_$' || true; })
[ "$optimization" != 0 ] || used_at_start=$(echo "$used_at_start" | grep -vx memcpy || true)
case $("$readelf" -hW "$program" | sed -n 's/.*Class: *//p; s/.*Machine: *//p') in
  "ELF64
Advanced Micro Devices X86-64" | "ELF64
AArch64") expect_none 'looking up, rendering or installing calls functions of libc' "$used_at_start" ;;
esac

# section_of SYMBOL: the section in which the archive's function stands.
section_of() {
  { "$readelf" -SW "$archive"; "$readelf" -sW "$archive"; } | awk -v symbol="$1" '
    /^File:/ { file = $2 }
    match($0, /^ *\[ *[0-9]+\] /) {
      index_of = substr($0, 1, RLENGTH); gsub(/[^0-9]/, "", index_of)
      split(substr($0, RLENGTH + 1), words, " ")
      section[file, index_of] = words[1]
    }
    $4 == "FUNC" && index($8, symbol) == 1 { print section[file, $7] }'
}
prefix=18precompiledseccomp
for function in _ZN${prefix}11FindProgramE _ZNK${prefix}7Program6RenderE _ZNK${prefix}7Program13RenderInOrderE \
  _ZN${prefix}6Filter6AssignE _ZN${prefix}7InstallE; do
  section=$(section_of "$function")
  [ "$section" = .text.startup ] || fail "$function stands in section '$section', not beside main()"
done

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
