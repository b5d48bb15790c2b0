#!/usr/bin/env bash
# What the bridge to Criterion promises, seen from outside: exit status, messages, XML.
set -uo pipefail

fixture=$PWD/tests/support/bridge_fixture
empty=$PWD/tests/support/bridge_empty
cd "$TEST_TMPDIR" || exit 1
failures=0

fail() {
    printf 'FAIL %s\n' "$1"
    sed 's/^/    | /' out
    failures=$((failures + 1))
}

# run FILTER [PROGRAM]: status in $status, output in ./out, results in ./xml
run() {
    rm -f xml
    TESTBRIDGE_TEST_ONLY=$1 XML_OUTPUT_FILE=xml "${2-$fixture}" >out 2>&1
    status=$?
}

# passes FILTER; fails FILTER TEXT...: it fails, and says each text
passes() {
    run "$1"
    ((status == 0)) || fail "$1 should pass"
}
fails() {
    local filter=$1 text
    shift
    run "$filter"
    ((status != 0)) || fail "$filter should fail"
    (($(wc -l <out) <= 17)) || fail "$filter: a failure should fit 15 lines"
    for text; do grep -qF -- "$text" out || fail "$filter should say: $text"; done
}

passes 'good/*'
grep -qF 'SKIP good/is_skipped: for a reason' out || fail 'a skipped test should say why'
grep -qF ': 5 passed, 0 failed, 1 skipped' out || fail 'the last line should count'

fails 'bad/fails' 'FAIL bad/fails' 'bridge_fixture.c:' 'arithmetic' '| printed by the test'
[[ $(head -n 1 out) == 'FAIL bad/fails'* ]] || fail 'the verdict should stand first'
fails 'bad/exits' 'FAIL bad/exits' 'did it call exit?'
fails 'bad/exits_at_once' 'did it call exit?'
fails 'bad/exits_with_1' 'exited with status 1'
fails 'bad/hangs' 'timed out'
fails 'bad/aborts' 'killed by SIGABRT' '| printed before the end'
fails 'bad/floods' 'FAIL bad/floods' '... and 996 more assertions failed' 'more lines'
fails 'bad/parameter' 'FAIL bad/parameter[1]' '2 passed, 1 failed'
if grep -qa __asan_init "$fixture"; then
    fails 'bad/exits' # nothing else: a sanitizer's report of a crash is longer than 15 lines
    run 'leak/leaks'
    ((status != 0)) || fail 'a leak should fail'
    grep -qF 'memory leaked' out || fail 'a leak should be called a leak'
else
    fails 'bad/crashes' 'killed by SIGSEGV' 'in read_at (tests/'
fi

fails 'expect/value' 'sqrt(2): expected 1.5, got 1.41421' 'seed 7'
fails 'expect/nan_is_close_to_nothing' 'expected 1, got nan'
fails 'expect/nan_was_expected' 'expected nan, got 1'
fails 'expect/infinity_is_not_near' 'expected inf, got 1e+300'
fails 'expect/infinities_have_signs' 'expected inf, got -inf'
fails 'expect/elements' 'actual: 2 of 4 elements differ' '[1]: expected 2, got 2.5' \
    '[3]: expected 4, got 7 (the worst)' 'why it matters'

fails 'nosuch/test' 'no test ran' 'none matches nosuch/test'
"$fixture" --list >out 2>&1 || fail '--list should work'
grep -qx 'good/passes' out || fail '--list should name the tests'
passes 'passes' # a test's name alone
run 'good'      # a suite's
grep -qF ': 5 passed' out || fail 'a filter without a slash should name a suite too'
run '' "$empty"
((status != 0)) || fail 'a binary without tests should fail'
grep -qF 'no test ran' out || fail 'a binary without tests should say so'

run '@(good|bad)/@(passes|is_skipped|fails)'
grep -qF '<testcase classname="good" name="passes"' xml || fail 'XML should name each case'
grep -qF '<skipped>for a reason' xml || fail 'XML should tell what was skipped'
grep -qzE '<testcase classname="bad" name="fails"[^>]*><failure>[^<]*arithmetic' xml ||
    fail 'XML should tell why a case failed'
python3 -c 'import xml.etree.ElementTree as e; e.parse("xml")' || fail 'XML should parse'

"$fixture" --debug-test good/passes >out 2>&1 || fail '--debug-test should run a test'
("$fixture" --debug-test bad/fails) >out 2>&1 && fail '--debug-test should stop at a failure'
grep -qF 'arithmetic' out || fail '--debug-test should say why'

echo "bridge_test: $failures failed"
((failures == 0))
