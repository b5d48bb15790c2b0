#!/usr/bin/env bash
# The programs of module 2 as a user calls them: what they print, what they write, how they end.
set -u

train=$(realpath "$1") show=$(realpath "$2")
folder=$(mktemp -d "${TEST_TMPDIR:-/tmp}/programs.XXXXXX")
cd "$folder" || exit 1
unset BUILD_WORKING_DIRECTORY BUILD_WORKSPACE_DIRECTORY TT_CHECK_FINITE
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

run 0 "$show" --shape 2,3 --permute 1,0
shows 'tensor: shape (2,3), strides (3,1), 6 cells, contiguous'
shows 'permuted by (1,0): shape (3,2), strides (1,3), 6 cells, not contiguous'
shows '  cell     [0,0] [1,0] [2,0] [0,1] [1,1] [2,1]'
run 0 "$show" --shape 2,3,4 --permute 2,0,1 --index 3,1,2
shows ' [3,:,:]'
shows '   15   19 >23<'
shows 'index [3,1,2]: 3*1 + 1*12 + 2*4 = position 23'
run 0 "$show" --permute 1,0 --position 4
shows 'position 4 in storage: cell [1,1]'
shows 'number 4 in row-major order: cell [2,0], at position 2'
run 0 "$show" --shape 2,6 --view 3,4
shows 'viewed: shape (3,4), strides (4,1)'
run 0 "$show" --shape 0,3
shows '0 cells'
run 0 "$show" --shape 2,2 --permute 1,0 --json
shows '"shape":[2,2],"strides":[1,2],"contiguous":false,"positions":[0,2,1,3]'
grep -vq '^{' out && fail "$what: something else than JSON on standard output"

run 2 "$show" --permute 1,0 --view 6
says 'not contiguous'
run 2 "$show" --view 4
says '(4,) has 4 cells, (2,3) has 6'
run 2 "$show" --permute 0,0
says 'each of the dimensions 0 to 1 once'
run 2 "$show" --permute 0
says 'shape (2,3) has 2'
run 2 "$show" --index 2,0
says '2 in dimension 0 of (2,3), which has size 2'
run 2 "$show" --index 1
run 2 "$show" --position 6
says '6 positions'
run 2 "$show" --position -1
run 2 "$show" --index 0,0 --position 1
for shape in 2,x '2,' '' -1,2 100,100 65536,65536,65536,65536 1,1,1,1,1,1,1,1,1 99999999999999999999; do
    run 2 "$show" --shape "$shape"
    says 'show: --shape'
done

run 0 "$train" --dataset simple --hidden 4 --epochs 30 --seed 2
shows 'backend simple on cpu, 1 thread, data simple (50 points), seed 2'
shows 'epoch 1/30'
shows 'ms/epoch'
run 0 "$train" --epochs 3 --json --graph step.dot --report r.html
shows '{"event":"start","program":"train"'
shows '{"event":"epoch","epoch":3,'
shows '{"event":"end","epochs":3,'
grep -vq '^{' out && fail "$what: something else than JSON on standard output"
grep -q 'layer1.weights' step.dot || fail 'step.dot lacks the name of a parameter'
grep -qi '<svg' r.html || fail 'r.html lacks a picture'
run 1 "$train" --dataset split --hidden 20 --lr 1000
says '--lr'
TT_CHECK_FINITE=1 run 1 "$train" --dataset split --hidden 20 --lr 1000
says 'tt_'
says 'TT_CHECK_FINITE'
run 2 "$train" --hidden 0
run 2 "$train" --hidden 65536
says 'points x hidden x hidden'
run 2 "$train" --dataset xro
says 'xor'
run 2 "$train" --backend cuda
run 1 "$train" --epochs 1 --graph missing/g.dot

[[ $failures == 0 ]] && rm -r "$folder"
exit $((failures > 0))
