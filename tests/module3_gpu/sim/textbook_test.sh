#!/usr/bin/env bash
# The first programs of CUDA courses and books, as they stand there (programs/*.cu: each is valid for
# nvcc too): they compile, compute what they should, and no right one is blamed; also plainly, and with
# threads in reverse order.
set -uo pipefail
sim=$1
shift
failures=0
for program in "$@"; do
    for flags in "--order reverse" "--plain"; do
        [[ $flags == --plain && $program != *reduction.cu ]] && continue # one will do
        # shellcheck disable=SC2086  # two words
        if ! output=$("$sim" "$program" $flags 2>&1) || ! grep -q '^PASSED$' <<<"$output"; then
            echo "$program $flags: expected are PASSED and no finding, but:"
            printf '%s\n' "$output"
            failures=$((failures + 1))
        fi
    done
done
echo "$# programs, $failures failures"
exit $((failures > 0 || $# < 13))
