#!/usr/bin/env bash
# Sourced: one line for each claim, counted. $said is the file for what a claim's command says, $of what stands before the
# claim's words.

passed=0
failed=0

# shellcheck disable=SC2154 # said is set by whoever sources this
check() {
    local claim=${of:-}$1 began=$SECONDS
    shift
    if "$@" >"$said" 2>&1; then
        passed=$((passed + 1))
        echo "ok     $claim$([ $((SECONDS - began)) -lt 5 ] || echo " ($((SECONDS - began)) s)")"
    else
        failed=$((failed + 1))
        echo "FAILED $claim"
        tail -25 "$said" | sed 's/^/       | /'
    fi
}

# Adds what a file says in its last line, `N passed, N failed`.
add_up() {
    [[ $(tail -1 "$1") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]] || return 1
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
}

# A package that is small enough for a thin line, bytes (25 GB of disk is what the machine has that it is for).
DEB_SIZE_MAX=15000000
is_small() {
    stat -c '%s bytes' "$1"
    [ "$(stat -c %s "$1")" -lt $DEB_SIZE_MAX ]
}
# Of a folder with a package and its .changes.
lintian_is_content() { lintian --fail-on error,warning --tag-display-limit 0 -EvIL +pedantic "$1"/*.changes; }
