#!/usr/bin/env bash
# run.sh EXECUTABLE KEPT FOUND FAILED
#
# Runs a fuzz target on the inputs in the folder KEPT, each once. With FUZZ_SECONDS in the environment it goes on with
# new ones for so long: changes of those in KEPT and FOUND. It adds to FOUND what takes new paths through the program.
# An input that fails is left in the folder FAILED, and printed.
set -euo pipefail
executable=$1 kept=$2 found=$3 failed=$4
mkdir -p "$found" "$failed"
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}

# Seconds that a single input may take, and memory; both a multiple of what sanitizers make of usual ones. One that takes less is not
# left among those that fail.
options=(-timeout=60 -report_slow_units=60 -rss_limit_mb=4096 "-artifact_prefix=$failed/$(basename "$executable")-")

# Entropic scheduling takes more time than these targets do.
fuzz() {
  "$executable" "${options[@]}" -max_total_time="$FUZZ_SECONDS" -max_len=1024 -entropic=0 -print_final_stats=1 \
    "$found" "$kept"
}

started=$(mktemp)
trap 'rm -f "$started"' EXIT
status=0
if [ "${FUZZ_SECONDS:-0}" -gt 0 ]; then fuzz; else "$executable" "${options[@]}" "$kept"/*; fi || status=$?
while IFS= read -r input; do
  echo "fails: $input, in base64:"
  base64 -w 120 "$input"
done < <(find "$failed" -type f -name "$(basename "$executable")-*" -newer "$started")
exit "$status"
