#!/usr/bin/env bash
# Runs every fuzz target of the module for the given time (60s) or number of
# inputs (1000x) each. Inputs are not minimised: that can take longer than the run.
# usage: fuzz.sh TIME [PATTERN]
set -euo pipefail
cd "$(dirname "$0")/../.."
time=${1:?time}
pattern=${2:-.}
grep -rlE --include='*_test.go' '^func Fuzz' . | while read -r file; do
  dir=$(dirname "$file")
  sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file" | while read -r name; do
    [[ "$dir/$name" =~ $pattern ]] || continue
    echo "== $dir $name"
    go test -run '^$' -fuzz "^$name\$" -fuzztime "$time" -fuzzminimizetime 1x -parallel 2 "$dir" </dev/null | grep -v '^fuzz: elapsed' || exit 1
  done
done
