#!/usr/bin/env bash
# docs/report.png: the top of the sample company's report, as headless Chromium shows it. Run from the repository's root.
set -euo pipefail
out=$(mktemp -d)
silos analyze data/sample/interactions.csv data/sample/affiliations.csv --roster data/sample/roster.csv -o "$out/report" > "$out/said"
chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$out/profile" \
    --window-size=960,1800 --screenshot="$PWD/docs/report.png" "file://$out/report/report.html" 2> "$out/log"
