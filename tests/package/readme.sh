#!/usr/bin/env bash
# Sourced: what README.md tells an operator to type, so that it is typed here as it stands there.

# The commands below a heading: its first block, or the one of that number. $project is where README.md lies.
# shellcheck disable=SC2154 # it is set by whoever sources this
readme() {
    awk -v heading="$1" -v wanted="${2:-1}" '/^#/ && !inside {here = ($0 ~ "# " heading "$")} here && /^ *```$/ {inside = 0}
        here && inside {print} here && /^ *```sh$/ {inside = (++block == wanted)}' "$project/README.md"
}
