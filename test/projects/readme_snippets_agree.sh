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

# Rules that are shown without a program around them are compiled in a test.
sed -n '/^\*\*Parameters by name\./,/^\*\*Values/ { /^policy\./p }' "$readme" > rules.txt
[ -s rules.txt ] || fail "README.md shows no rules with parameters"
while IFS= read -r rule; do
  grep -qxF "$rule" "$source_root/test/resolve/parameters_test.cc" || fail "no test compiles the README's: $rule"
done < rules.txt

sed -n '/^\*\*Reporting refused calls\./,/^\*\*Installing/ { /^```cpp$/,/^```$/ { /^```/!p } }' "$readme" > reporting.txt
[ -s reporting.txt ] || fail "README.md does not show how refused calls are reported"
sed 's/^ *//' "$source_root/test/runtime/reported_program_test.cc" > compiled.txt
while IFS= read -r line; do
  grep -qxF "$line" compiled.txt || fail "no test compiles the README's: $line"
done < reporting.txt

# What others take is a release: this one.
version=$(sed -n "s/^ *version: '\([^']*\)',$/\1/p" "$source_root/meson.build" | head -n 1)
for file in README.md example/subprojects/precompiledseccomp.wrap; do
  [ "$(sed -n 's/^revision = //p' "$source_root/$file")" = "v$version" ] || fail "$file does not name the release v$version"
done
