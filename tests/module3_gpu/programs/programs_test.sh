#!/usr/bin/env bash
# The programs of module 3 as a user calls them: what they print, what they write, how they end.
set -u

timing=$(realpath "$1") bench=$(realpath "$2") report=$(realpath "$3") train=$(realpath "$4") ladder=$(realpath "$5")
folder=$(mktemp -d "${TEST_TMPDIR:-/tmp}/programs.XXXXXX")
cd "$folder" || exit 1
unset BUILD_WORKING_DIRECTORY BUILD_WORKSPACE_DIRECTORY OMP_NUM_THREADS
export PYTHON=/no/such/python # no peer: its figures are null
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

shows() { grep -qE -e "$1" out || fail "$what: standard output lacks: $1"; }
says() { grep -qF -e "$1" err || fail "$what: standard error lacks: $1"; }

# only_json LINES: so many objects on standard output, nothing else, nothing that is no number.
only_json() {
    local lines
    lines=$(wc -l <out)
    [[ $lines == "$1" ]] || fail "$what: $lines lines, expected $1"
    if grep -vqE '^\{("[a-z_]+":("[^"]*"|-?[0-9.e+-]+|null|true|false),?)+\}$' out; then
        fail "$what: a line is no object"
    fi
}

# begins_and_ends: the first object is the start, the last the end.
begins_and_ends() {
    { head -1 out | grep -q '^{"event":"start","program":'; } || fail "$what: no start"
    { tail -1 out | grep -q '^{"event":"end"'; } || fail "$what: no end"
}

# full COMMAND...: a full disk is a failure.
full() {
    what="$(basename "$1") ${*:2} >/dev/full"
    if "$@" >/dev/full 2>err; then fail "$what: status 0"; fi
    says 'standard output cannot be written'
}

# ---- timing ----

run 0 "$timing" --backend fast --threads 2
shows '^ +n +fast$'
for n in 64 128 256 512 1024; do shows "^ +$n +[0-9.]+ +[0-9.e+]+$"; done
run 0 "$timing" --backend fast --threads 1 --json --report chart.svg
only_json 7
begins_and_ends
shows '"size":1024,"batch":2,"backend":"fast","threads":1,"seconds":[0-9.e-]+,"gflops":[0-9.]+'
{ grep -q '^<svg' chart.svg && grep -q 'GFLOP/s' chart.svg; } || fail "$what: chart.svg is no chart"
run 0 "$timing" --backend simple --json
shows '"size":64,"batch":2,"backend":"simple"'
run 2 "$timing" --backend fats
says 'did you mean fast?'
run 1 "$timing" --backend fast --threads 1 --report no/such/folder/chart.svg
says 'no/such/folder'
[[ ! -s out ]] || fail "$what: measures before it says so"
run 0 "$timing" --help
shows 'report=FILE .*SVG'
full "$timing" --backend simple
CUDA_VISIBLE_DEVICES='' run 1 "$timing" --backend cuda
says 'no backend cuda'

# ---- bench ----

run 0 "$bench" --only sum_last --threads 2 --json
only_json 2
shows '^\{"work":"sum_last","size":"1024x1024","backend":"fast","threads":2,"unit":"GB/s","ours":[0-9.]+,"peer":null'
run 2 "$bench" --only matmil
says 'did you mean matmul?'
"$bench" --check --only train_mlp --json >out 2>err # a bar against a peer that is not here
what='bench --check --only train_mlp'
only_json 2
shows '"threads":1,' && shows '"threads":2,'
says 'not judged'

# ---- parallel_report ----

run 0 "$report" --threads 2
for heading in MAP ZIP REDUCE 'MATRIX MULTIPLY'; do shows "^$heading"; done
shows 'contiguous +\(1000,1000\) +one line +2 threads'
shows 'every second cell +\(1000,1000\) +general'

run 0 "$report" --threads 2 --json
only_json 30
begins_and_ends
shows '"event":"operation","kind":"map","what":"contiguous","shape":"\(1000,1000\)","way":"one line","threads":2,'
shows '"kind":"matmul","what":"square, small","shape":"64x64 x 64x64",'
full "$report" --json

# ---- train ----

run 1 "$train" --epochs 2 --report no/such/folder/r.html
says 'no/such/folder'
[[ ! -s out ]] || fail "$what: trains before it says so"
run 0 "$train" --epochs 2 --report page.html
[[ $(echo *.tmp) == '*.tmp' && -s page.html ]] || fail "$what: page.html, and nothing else"
full "$train" --epochs 2 --json

# ---- ladder ----

run 0 "$ladder" --backend sim --side 32 --json
begins_and_ends
shows '^\{"event":"step","step":"'

((failures == 0)) || exit 1
