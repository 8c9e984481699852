#!/usr/bin/env bash
# Runs the performance yardstick side by side with clamscan and prints its ratios.
#
#   GCLAM_BENCH_DIR=DIR   where databases and corpora are kept (/var/tmp/gclam-bench)
#   GCLAM_BENCH_SIZE=s    tiny, small or full (small)
set -euo pipefail
cd "$(dirname "$0")/.."
yard=../shared/bench
[ -x "$yard/compare" ] || { echo "bench: $yard is not here, nothing to compare" >&2; exit 0; }
command -v clamscan >/dev/null || { echo "bench: clamscan is not installed, nothing to compare with" >&2; exit 0; }
dir=${GCLAM_BENCH_DIR:-/var/tmp/gclam-bench} size=${GCLAM_BENCH_SIZE:-small}
mkdir -p "$dir"
make -s build BIN="$dir/bin"
[ -d "$dir/db-$size" ] || "$yard/make-db" --size "$size" "$dir/db-$size"
[ -d "$dir/corpus" ] || "$yard/make-corpus" --small --cache "$dir/cache" "$dir/corpus"
"$yard/compare" scan --runs 3 \
  --a "clamscan -r --no-summary -d $dir/db-$size" \
  --b "$dir/bin/gclamscan -r --no-summary --cache-dir=$dir/images -d $dir/db-$size" \
  "$dir"/corpus/{exe,text,docs,archive,mail}
