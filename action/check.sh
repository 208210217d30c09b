#!/usr/bin/env bash
# Runs `provlint check` for a step: annotations to the log, SARIF to a file. What was typed comes by variables, each line
# of PROVLINT_PATHS and PROVLINT_ARGUMENTS is one word, and nothing is read by a shell again.
set -euo pipefail

report=${RUNNER_TEMP:-/tmp}/provlint.sarif
rm -f "$report"
words=(check --no-progress --fail-on "${PROVLINT_FAIL_ON:-error}")
words+=(--format github --format sarif --output "$report")
[ -z "${PROVLINT_POLICY:-}" ] || words+=("--policy=$PROVLINT_POLICY")
[ -z "${PROVLINT_PROFILE:-}" ] || words+=("--profile=$PROVLINT_PROFILE")
[ -z "${PROVLINT_BASELINE:-}" ] || words+=("--baseline=$PROVLINT_BASELINE")
while IFS= read -r line; do
    [ -z "$line" ] || words+=("$line")
done <<<"${PROVLINT_ARGUMENTS:-}"
words+=(--)
while IFS= read -r line; do
    [ -z "$line" ] || words+=("$line")
done <<<"${PROVLINT_PATHS:-.}"

code=0
provlint "${words[@]}" || code=$?
{
    echo "exit-code=$code"
    [ ! -f "$report" ] || echo "sarif=$report"
} >>"$GITHUB_OUTPUT"
exit "$code"
