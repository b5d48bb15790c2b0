#!/usr/bin/env bash
# Runs one test body under gdb, in one process, stopped at its first line; it stops again where an
# assertion fails or the program crashes.
#
#   ./bazelw run //tests:debug -- task1_4 relu_backward
#   ./bazelw run //tests:debug -- tests/support:ctx_test ctx/rewinds
set -euo pipefail

if (($# != 2)); then
    echo "usage: bazel run //tests:debug -- TASK TEST, as in: task1_4 relu_backward" >&2
    echo "       the tests of a task: bazel run //tests:TASK_test -- --list" >&2
    exit 2
fi
cd "$BUILD_WORKSPACE_DIRECTORY"

# A task's tests stand in taskN_M_test and, where the learner writes some, in taskN_M_learner_test.
if [[ $1 == *:* ]]; then
    programs=("$1")
    test=$2
else
    programs=("tests:$1_test")
    [[ -z $(compgen -G "tests/*/$1_learner_test.c") ]] || programs+=("tests:$1_learner_test")
    test=$1/$2
fi

./bazelw build --ui_event_filters=-info --noshow_progress "${programs[@]/#///}"
for program in "${programs[@]}"; do
    binary=bazel-bin/${program/://}
    "$binary" --list | grep -qxF "$test" && break
done

if ! command -v gdb >/dev/null; then
    echo "gdb is not installed (Debian: apt-get install gdb); running without it" >&2
    exec "$binary" --debug-test "$test"
fi
[[ -t 0 ]] && when_done=() || when_done=(-batch -ex continue -ex backtrace)
exec gdb -q -ex "tbreak ${test/\//_}_impl" -ex run "${when_done[@]}" \
    --args "$binary" --debug-test "$test"
