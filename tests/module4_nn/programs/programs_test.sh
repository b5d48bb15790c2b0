#!/usr/bin/env bash
# What module 4's programs hand on to each other: a checkpoint of train is read by a second reader, by
# predict, and by an example.
# Arguments: train, predict, the example, the reader.
set -u

here=$PWD
train=$here/$1 predict=$here/$2 example=$here/$3 reader=$here/$4
failures=0
temporary=$(mktemp -d "${TEST_TMPDIR:-/tmp}/programs.XXXXXX")
trap 'rm -rf "$temporary"' EXIT
cd "$temporary" || exit 1

# run STATUS COMMAND...: runs it; $output is what it printed, both streams.
run() {
    local wanted=$1 status=0
    shift
    output=$("$@" 2>&1) || status=$?
    ((status == wanted)) || fail "exit status $status, expected $wanted: ${*##*/}"
}

fail() {
    echo "FAIL: $1"
    printf '    | %s\n' "${output-}"
    failures=$((failures + 1))
}

# expect PATTERN WHAT: the output matches the extended regular expression.
expect() {
    grep -qE -- "$1" <<<"$output" || fail "$2: nothing matches $1"
}

mkdir data
run 0 python3 "$reader" make data
run 0 "$train" --data data --model mlp --hidden 8 --batch 10 --epochs 6 --threads 1 --save a.safetensors
expect '^wrote /.*/a\.safetensors$' 'train --save names the file'
trained=$(grep -oE '[0-9]+/60' <<<"$output" | tail -n 1)
run 0 python3 "$reader" accuracy a.safetensors
[[ $output == "$trained" ]] || fail "the second reader gets $output right, train $trained"
[[ ${trained%/60} -gt 40 ]] || fail "train has learned little: $trained"

echo 'predict, off a terminal'
run 0 "$predict" --load a.safetensors data/0.png data/1.png
expect '^> [0-9] #+ +[0-9.]+ %$' 'the best class is marked'
expect '^data/1\.png: [0-9] \([0-9.]+ %\)$' 'a result a file'
[[ $(grep -c ' %$' <<<"$output") == 20 ]] || fail 'ten bars an image'
grep -q $'\033' <<<"$output" && fail 'escape codes off a terminal'
run 0 "$predict" --load a.safetensors --quiet data/0.png
[[ $output =~ ^data/0\.png:\ ([0-9]) ]] && first=${BASH_REMATCH[1]}
[[ $(wc -l <<<"$output") == 1 ]] || fail '--quiet prints the result only'
run 0 "$predict" --load a.safetensors --quiet data/{0,1,2}.png
expected=$(for i in 0 1 2; do echo "data/$i.png: $(<data/$i.label)"; done)
[[ $(cut -d' ' -f1,2 <<<"$output") == "$expected" ]] || fail "images of the test set are told: $expected"
run 0 "$predict" --load a.safetensors --json data/0.png
python3 -c 'import json, sys
j = json.loads(sys.argv[1])
assert j["event"] == "image" and j["class"] == int(sys.argv[2]), j
assert abs(sum(k["probability"] for k in j["classes"]) - 1) < 1e-5, j' "$output" "${first-}" || fail '--json'
run 0 "$predict" --load a.safetensors --invert --quiet data/0.png

echo 'predict, on a terminal'
run 0 env TERM=xterm-256color LC_ALL=C.UTF-8 NO_COLOR='' script -qec "$predict --load a.safetensors data/0.png" /dev/null
expect $'\033\\[38;5;2[345][0-9];48;5;2[345][0-9]m' 'greys of 256 colours'
expect '▀' 'half blocks'

echo 'what is wrong'
head -c 60 data/0.png >cut.png
printf 'no image' >text.png
run 1 "$predict" --load a.safetensors cut.png data/0.png
expect '^predict: .*cut\.png: is cut off' 'a file that is cut off'
expect '^data/0\.png: ' 'the others are shown'
run 1 "$predict" --load a.safetensors text.png
expect 'text\.png: is neither PNG nor PGM' 'no image'
run 1 "$predict" --load a.safetensors nowhere.png
expect 'nowhere\.png: there is no such file' 'no file'
run 1 "$predict" --load a.safetensors data
expect 'folder' 'a folder'
run 1 "$predict" --load data/0.png data/0.png
expect 'no safetensors file' 'no checkpoint'
run 2 "$predict" data/0.png
expect '--load FILE is needed' 'no --load'
run 2 "$predict" --load a.safetensors
python3 - <<'PY'
import json, struct
def write(name, notes):
    raw = open("a.safetensors", "rb").read()
    (n,) = struct.unpack_from("<Q", raw)
    header = json.loads(raw[8:8 + n])
    header["__metadata__"] = {k: v for k, v in {**header["__metadata__"], **notes}.items() if v is not None}
    text = json.dumps(header).encode()
    open(name, "wb").write(struct.pack("<Q", len(text)) + text + raw[8 + n:])
write("model", {"model": "gpt"})
write("rows", {"rows": "1000000000000"})
write("none", {"classes": None})
write("huge", {"rows": "4096", "columns": "4096", "hidden": "65536"})
write("other", {"model": "cnn"})
write("seed", {"seed": "-1"})
write("step", {"step": "9e99"})
PY
for note in model:gpt rows:1000000000000 none:missing; do
    run 1 "$predict" --load "${note%:*}" data/0.png
    expect "note .*${note#*:}" "a note that makes no sense: $note"
done
for file in huge other; do
    run 1 "$predict" --load "$file" data/0.png
    expect 'not those of the (mlp|cnn) for' "notes of another network: $file"
done
for note in seed step; do
    run 1 "$train" --threads 1 --resume "$note"
    expect "note \"$note\"" "a note that makes no sense: $note"
done

echo 'the example'
run 1 "$example" a.safetensors data/0.png
expect 'fc1\.weight is \(36,8\), not \(784,128\)' 'another network'
run 0 "$train" --data digits --limit 100 --model mlp --hidden 128 --epochs 1 --quiet --threads 1 --save b.safetensors
run 0 "$example" b.safetensors data/0.png
expect '^data/0\.png: class [0-9]$' 'a class'
run 0 "$example" copy.safetensors data/0.png
run 2 "$example"

((failures == 0)) && echo 'all as expected' || echo "$failures failures"
((failures == 0))
