#!/bin/sh
# Builds the programs, runs the end-to-end tests against them and tells the outcome.
#
#   GCLAM_DIFF=n     databases of the differential test (2000)
#   GCLAM_SEED=n     repeats its random choices
#   GCLAM_E2E_STRICT=0  lets tests skip where a program is missing
# Arguments go to go test: ./e2e/run.sh -run Mail -v
set -u
cd "$(dirname "$0")/.." || exit 2

: "${GCLAM_DIFF:=2000}" "${GCLAM_E2E_STRICT:=1}" "${GO:=go}"
export GCLAM_DIFF GCLAM_E2E_STRICT CGO_ENABLED=0
unset LC_ALL LANG

tmp=$(mktemp -d) && chmod 755 "$tmp" || exit 2 # services run as other users
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
export GCLAM_BIN="$tmp/bin"

echo "e2e: building"
make -s build GO="$GO" BIN="$GCLAM_BIN" || exit 1

echo "e2e: testing against $(clamscan --version 2> /dev/null || echo 'no ClamAV'), $GCLAM_DIFF generated databases"
begin=$(date +%s)
$GO test -count=1 -timeout 40m -v "$@" ./e2e > "$tmp/out" 2>&1
status=$?
seconds=$(($(date +%s) - begin))

# A failure is shown whole; of the rest, one line each.
if [ $status -ne 0 ]; then
	cat "$tmp/out"
fi
echo
echo "----------- E2E SUMMARY -----------"
grep -E '^--- (PASS|FAIL|SKIP)' "$tmp/out" | sed 's/^--- //'
grep -A1 -E '^--- SKIP' "$tmp/out" | grep -v '^--' || true
grep -hoE 'seed [0-9]+|[0-9]+ databases, [0-9]+ comparisons agree.*' "$tmp/out" | sort -u
echo "Passed: $(grep -c '^--- PASS' "$tmp/out")  failed: $(grep -c '^--- FAIL' "$tmp/out")  skipped: $(grep -c '^--- SKIP' "$tmp/out")  seconds: $seconds"
[ $status -eq 0 ] && echo "E2E OK" || echo "E2E FAILED"
exit $status
