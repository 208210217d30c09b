#!/usr/bin/env bash
# Runs `provlint check` for a step: annotations to the log, SARIF to a file. Inputs come as environment variables; each
# line of PROVLINT_PATHS and PROVLINT_ARGUMENTS is one word, and the shell does not expand them again.
set -euo pipefail

report=${RUNNER_TEMP:-/tmp}/provlint.sarif
rm -f "$report"
words=(check --no-progress --fail-on "${PROVLINT_FAIL_ON:-error}")
words+=(--format github --format sarif --output "$report")
[ -z "${PROVLINT_POLICY:-}" ] || words+=("--policy=$PROVLINT_POLICY")
[ -z "${PROVLINT_PROFILE:-}" ] || words+=("--profile=$PROVLINT_PROFILE")
[ -z "${PROVLINT_BASELINE:-}" ] || words+=("--baseline=$PROVLINT_BASELINE")
add_lines() {
    while IFS= read -r line; do
        line=${line%$'\r'}
        [ -z "$line" ] || words+=("$line")
    done
}
add_lines <<<"${PROVLINT_ARGUMENTS:-}"
words+=(--)
add_lines <<<"${PROVLINT_PATHS:-.}"

code=0
provlint "${words[@]}" || code=$?
# Code scanning closes alerts that are missing from a report, and opens suppressed ones: so it gets no report if something
# was not checked, and no findings that are in the baseline.
[ "$code" -lt 2 ] || rm -f "$report"
if [ -f "$report" ] && [ -n "${PROVLINT_BASELINE:-}" ]; then
    if command -v jq >/dev/null; then
        jq '.runs[].results |= map(select((.suppressions // []) == []))' "$report" >"$report.new"
        mv "$report.new" "$report"
    else
        echo '::error title=provlint::a baseline requires jq on the runner'
        rm "$report"
        code=2
    fi
fi
{
    echo "exit-code=$code"
    [ ! -f "$report" ] || echo "sarif=$report"
} >>"$GITHUB_OUTPUT"
exit "$code"
