#!/bin/sh
# Names of files, folders and options that the README mentions exist.
. "$(dirname "$0")/common.sh"

readme=$source_root/README.md
for path in $(grep -o '](\([a-z][^)]*\))' "$readme" | sed 's/^](//; s/)$//' | grep -v '^http'); do
  [ -e "$source_root/$path" ] || fail "README.md links to $path, which does not exist"
done
for command in 'bash example/run.sh' 'bash test/run.sh'; do
  grep -qF "$command" "$readme" || fail "README.md does not show: $command"
done
