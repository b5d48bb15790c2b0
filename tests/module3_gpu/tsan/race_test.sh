#!/usr/bin/env bash
# A race on purpose: ThreadSanitizer must report it, or its silence about fast_threads_test means
# nothing. In other builds there is nothing to see: the program just ends.
set -u

output=$("$1" race 2>&1)
status=$?
if [[ $output != *"under ThreadSanitizer"* ]]; then
    ((status == 0)) && exit 0
elif [[ $status == 66 && $output == *"data race"*race* ]]; then
    exit 0
fi
echo "race: status $status: $output"
exit 1
