#!/usr/bin/env bash
# The programs of module 1 as a user calls them: what they print, what they write, how they end.
set -u

train=$(realpath "$1") expression=$(realpath "$2") xor=$(realpath "$3")
folder=$(mktemp -d "${TEST_TMPDIR:-/tmp}/programs.XXXXXX")
cd "$folder" || exit 1
unset BUILD_WORKING_DIRECTORY BUILD_WORKSPACE_DIRECTORY
failures=0

fail() {
    printf 'FAILED: %s\n' "$1"
    sed 's/^/    /' out err | head -20
    failures=$((failures + 1))
}

# run STATUS COMMAND...: its output goes to the files out and err.
run() {
    local expected=$1 status
    shift
    "$@" >out 2>err
    status=$?
    what="$(basename "$1") ${*:2}"
    [[ $status == "$expected" ]] || fail "$what: status $status, expected $expected"
}

shows() { grep -qF -e "$1" out || fail "$what: standard output lacks: $1"; }
says() { grep -qF -e "$1" err || fail "$what: standard error lacks: $1"; }

run 0 "$expression" 'x*x*y + 10*x' --at x=1,y=2
shows 'x*x*y + 10*x = 12'
shows 'd/dx = 14'
shows 'd/dy = 1'
run 0 "$expression" --json --at x=3 x
shows '{"event":"end","expression":"x","value":3,"variables":[{"name":"x","value":3,"derivative":1}]}'
run 0 "$expression" 'x*x' --at x=3 --graph g.dot
shows "wrote $folder/g.dot"
grep -q 'label="mul"' g.dot || fail 'g.dot lacks mul'
run 1 "$expression" 'log(x)' --at x=-1
says 'log(-1) is nan'
run 1 "$expression" '1/0'
says 'inv(0) is inf'
run 1 "$expression" 'x + z' --at x=1
says '    ^'
says '--at z=1'
run 2 "$expression"
run 2 "$expression" x --at x=
run 1 "$expression" x --at x=1 --graph g.png
says '.svg'

run 0 "$train" --dataset simple --hidden 4 --epochs 30 --seed 2
shows 'backend scalars on cpu, 1 thread, data simple (50 points), seed 2'
shows 'epoch 1/30'
shows 'epoch 20/30'
shows 'of 50 right'
run 0 "$train" --epochs 3 --json --graph step.dot --report r.html
shows '{"event":"start","program":"train"'
shows '{"event":"epoch","epoch":3,'
shows '{"event":"end","epochs":3,'
grep -vq '^{' out && fail "$what: something else than JSON on standard output"
grep -q 'label="sigmoid"' step.dot || fail 'step.dot lacks sigmoid'
grep -qi '<svg' r.html || fail 'r.html lacks a picture'
run 0 "$train" --epochs 20 --quiet
[[ $(wc -l <out) == 1 ]] || fail "$what: more than one line"
run 1 "$train" --dataset split --hidden 20 --lr 1000
says 'Take smaller steps: --lr 100'
run 2 "$train" --hidden 0
run 2 "$train" --hidden 201
run 2 "$train" --dataset xro
says 'xor'
run 1 "$train" --epochs 1 --graph missing/g.dot
run 1 "$train" --epochs 1 --report missing/r.html
mkdir standing_here
BUILD_WORKING_DIRECTORY=$folder/standing_here run 0 "$train" --epochs 1 --graph g.dot
[[ -f standing_here/g.dot ]] || fail '--graph is taken from where the user stands'

# Without job control (set -m) a shell lets what runs in the background ignore SIGINT, and train then does.
rm out
set -m
"$train" --dataset xor --hidden 20 --epochs 1000000 >out 2>err &
child=$!
set +m
for _ in $(seq 300); do grep -qs 'epoch 1/' out && break; sleep 0.1; done
kill -INT $child
wait $child
status=$?
what='train after Ctrl-C'
[[ $status == 130 ]] || fail "$what: status $status, expected 130"
shows 'interrupted'

run 0 "$xor"
awk '/epoch 500/ { ok = $4 < 0.1 } END { exit !ok }' out || fail 'the XOR example has not learnt'

[[ $failures == 0 ]] && rm -r "$folder"
exit $((failures > 0))
