#!/usr/bin/env bash
# campaign.sh EXECUTABLES FOLDER [SECONDS]
#
# Fuzzes for as long as it is let, on one core: one target of the folder EXECUTABLES after the other, SECONDS (600) each,
# over and over. Each time a target goes on from what it found before, in FOLDER/found/TARGET. What fails is in
# FOLDER/failed. FOLDER/turns.txt gets a line for every turn, with seconds of processor time and inputs. Stops at the
# next turn when there is a file FOLDER/stop.
#
#   test/fuzz/campaign.sh BUILD-DIR/test/fuzz FOLDER
#   awk '{ seconds += $3; runs += $4 } END { print seconds / 3600 " hours, " runs " inputs" }' FOLDER/turns.txt
#
# What to keep of it, the smallest inputs that take all paths:
#
#   BUILD-DIR/test/fuzz/fuzz_TARGET -merge=1 -use_counters=0 test/fuzz/corpus/TARGET FOLDER/found/TARGET
set -euo pipefail
executables=$(realpath "$1")
folder=$(realpath -m "$2")
here=$(realpath "$(dirname "$0")")
export FUZZ_SECONDS=${3:-600}
mkdir -p "$folder"

# turn TARGET
turn() {
  local log=$folder/$1.log
  local status=0
  local TIMEFORMAT=%U
  {
    time nice -n 19 "$here/run.sh" "$executables/fuzz_$1" "$here/corpus/$1" "$folder/found/$1" "$folder/failed" \
      > "$log" 2>&1 || status=$?
  } 2> "$folder/seconds"
  local runs
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  echo "$(date +%FT%T) $1 $(cat "$folder/seconds") ${runs:-0} status $status" >> "$folder/turns.txt"
  [ "$status" -ne 0 ] || return 0
  cp "$log" "$folder/failed/$1-$(date +%FT%H%M%S).log"
  sleep 60  # It may fail at once, and each time.
}

for target in filters policies sources; do
  [ -x "$executables/fuzz_$target" ] || { echo "there is no $executables/fuzz_$target" >&2; exit 1; }
done

while true; do
  for target in filters policies sources; do
    [ ! -e "$folder/stop" ] || exit 0
    turn "$target"
  done
done
