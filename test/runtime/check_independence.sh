#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The runtime library needs nothing, not even of libc, holds no state and runs no constructors; tables are read-only data. What it has
# is seen by nobody but what it is linked into. Looking up, rendering and installing stand beside main(). The reporter of violations has
# state, which is zero when the program begins, and sets its handler by libc; it is linked only into what uses it.
#
# usage: check_independence.sh NM READELF ARCHIVE PROGRAM
#   ARCHIVE       the runtime library
#   PROGRAM       a position-independent program that uses it with embedded programs
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

# Everything that the library takes from elsewhere: a hardened one guards its stack, and on machines whose instruction for system calls
# it does not know, it makes them through libc.
allowed='__stack_chk_(fail|guard)|_GLOBAL_OFFSET_TABLE_'
case $("$readelf" -hW "$program" | sed -n 's/.*Class: *//p; s/.*Machine: *//p') in
  "ELF64
Advanced Micro Devices X86-64" | "ELF64
AArch64") ;;
  *) allowed="$allowed|syscall|__errno_location|___errno_location" ;;
esac

reporter=violation_reporter.cc.o
# symbols_but_of OBJECT: those of the other objects; OBJECT is a regular expression.
symbols_but_of() {
  "$nm" -P "$archive" | awk -v object="$1" '/:$/ { skip = $0 ~ object; next } !skip'
}
symbols=$(symbols_but_of '^$')
symbols_without_reporter=$(symbols_but_of "$reporter")
[ -n "$symbols" ] || fail 'the archive has no symbols'

# foreign_in SYMBOLS ALLOWED
foreign_in() {
  echo "$1" | awk '
    $2 ~ /^[Uwv]$/ { used[$1]; next }
    { defined[$1] }
    END { for (symbol in used) if (!(symbol in defined)) print symbol }' | { grep -Exv "$2" || true; }
}
for_reporter="$allowed|sigaction|__errno_location|___errno_location"
expect_none 'the library needs symbols that are not on the list' "$(foreign_in "$symbols_without_reporter" "$allowed")"
expect_none 'the reporter needs symbols that are not on the list' "$(foreign_in "$symbols" "$for_reporter")"

# Whether defined here or in another of its objects: else a shared library that it is linked into would export it, or have its calls bound
# by the dynamic linker.
expect_none 'the library has symbols that are not hidden' "$("$readelf" -sW "$archive" |
  awk '$5 ~ /^(GLOBAL|WEAK|UNIQUE)$/ && $6 != "HIDDEN" { print $8 }' | { grep -Exv "$for_reporter" || true; })"

# Everything has the version of the interface in its name.
prefix=18precompiledseccomp2v2
expect_none 'the library has symbols without the version of its interface' \
  "$(echo "$symbols" | awk '$2 ~ /^[TWVRBD]$/ { print $1 }' | { grep -Ev "^_ZN?K?$prefix" || true; })"

# section_of SYMBOL: the section in which the archive's function stands.
section_of() {
  { "$readelf" -SW "$archive"; "$readelf" -sW "$archive"; } | awk -v symbol="$1" '
    /^File:/ { file = $2 }
    match($0, /^ *\[ *[0-9]+\] /) {
      index_of = substr($0, 1, RLENGTH); gsub(/[^0-9]/, "", index_of)
      split(substr($0, RLENGTH + 1), words, " ")
      section[file, index_of] = words[1]
    }
    $4 == "FUNC" && index($8, symbol) == 1 { print section[file, $7] }' | sort -u
}
for function in _ZN${prefix}11FindProgramE _ZN${prefix}12ListProgramsE _ZNK${prefix}7Program6RenderE _ZNK${prefix}7Program13RenderInOrderE \
  _ZNK${prefix}7Program10RenderIntoE _ZN${prefix}10FilterViewC1E _ZN${prefix}12RenderResultC1E \
  _ZN${prefix}6Filter6AssignE _ZNK${prefix}6Filter12instructionsE _ZN${prefix}7InstallE _ZN${prefix}24InstallViolationReporterE; do
  section=$(section_of "$function")
  [ "$section" = .text.startup ] || fail "$function stands in section '$section', not beside main()"
done

# B, C, D, G and S: writable data, or data that is written when addresses are relocated. _ZGV: the guard of a
# static that is initialised when it is first reached.
expect_none 'the library has writable data' "$(echo "$symbols_without_reporter" | awk '$2 ~ /^[bBdDcCsSgG]$/')"
expect_none 'the reporter has writable data that is not zero' "$(echo "$symbols" | awk '$2 ~ /^[dDcCsSgG]$/')"
expect_none 'the library has guarded statics' "$(echo "$symbols" | grep '^_ZGV' || true)"

sections=$("$readelf" -SW "$archive")
expect_none 'the library has constructors or destructors' \
  "$(echo "$sections" | grep -E '\.(init_array|fini_array|preinit_array|ctors|dtors)' || true)"
expect_none 'the library has exception tables' "$(echo "$sections" | grep -F .gcc_except_table || true)"

# The program does not use the reporter.
expect_none 'the reporter is linked into what does not use it' "$("$nm" -P "$program" | grep -E 'ViolationReporter|kCallNames' || true)"

needed=$("$readelf" -dW "$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p')
expect_none 'the program needs more than libc' "$(echo "$needed" | grep -Ev '^(libc\.|ld-linux|ld-musl)' || true)"

# The symbol of the table, in the section of tables, which is read-only and was never written for relocation. A note says where it is.
"$readelf" -hW "$program" | grep -Eq 'Type:[[:space:]]+DYN' || fail 'the program is not position-independent'
index=$("$readelf" -sW "$program" | awk '/6kTable/ { print $7; exit }')
section=$("$readelf" -SW "$program" | sed -n "s/^ *\[ *${index:-none}\] *\([^ ]*\) *PROGBITS *[^ ]* *[^ ]* *[^ ]* *[^ ]* *\([^ ]*\).*/\1 \2/p")
[ "$section" = 'pcs_tables A' ] || fail "the table of programs is in section '$section', not in the read-only 'pcs_tables A'"
"$readelf" -n "$program" | grep -q 'precompiledseccomp.*0x00000010' || fail 'there is no note on the tables'

[ "$failed" = 0 ] && echo 'the library needs nothing'
exit "$failed"
