#!/usr/bin/env bash
# Everything that only a GPU shows, on a machine that has one.
#
#     bash tools/gpu_check.sh [FOLDER]          tests on the hardware, NVIDIA's checker of memory and races, the
#                                               ladder of kernels, the bench beside cuBLAS
#     bash tools/gpu_check.sh --bare [FOLDER]   the ladder and the bench alone, built by nvcc, gcc, zlib and cJSON,
#                                               where there is no Bazel
#
# compute-sanitizer and libcublas are used where they are installed (both come with the CUDA Toolkit). Each
# step's output goes to FOLDER (default: a new one under /tmp); a line a step says how it went. Exits 1 when one
# failed; what is left out is said, and no failure.
#
# shellcheck disable=SC2016,SC2317  # quotes for the inner bash; what is called by name, through step
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

bare=
if [[ ${1-} == --bare ]]; then
    bare=1
    shift
fi
home=${CUDA_PATH:-/usr/local/cuda}
export PATH="$PATH:$home/bin" LD_LIBRARY_PATH="$home/lib64${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"

if ! nvidia-smi >/dev/null 2>&1; then
    echo "gpu_check: nvidia-smi finds no GPU here; the tests need none: ./bazelw test //tests:module3" >&2
    exit 1
fi
out=${1:-$(mktemp -d /tmp/gpu_check.XXXXXX)}
mkdir -p "$out" || exit 1
out=$(realpath "$out")
failed=0

# step NAME COMMAND...: runs it into $out/NAME.txt
step() {
    local name=$1 since=$SECONDS
    shift
    if "$@" >"$out/$name.txt" 2>&1; then
        printf '%-24s passed  (%d s)\n' "$name" $((SECONDS - since))
    else
        failed=1
        printf '%-24s FAILED  (%d s), the end of %s:\n' "$name" $((SECONDS - since)) "$out/$name.txt"
        tail -n 12 "$out/$name.txt" | sed 's/^/    /'
    fi
}

machine() {
    nvidia-smi && nvcc --version && git log -1 --oneline
    lscpu | head -n 20
}

# ---- with nvcc and gcc alone ----------------------------------------------------------------------------------

# What the programs are made of: everything but tests, other programs, and module 4.
sources() {
    find support module0_operators module1_autodiff module2_tensors module3_gpu -name "$1" \
        -not -name '*_main.c' -not -name '*_test.c' -not -path '*/program/*' -not -path '*/puzzles/*' \
        -not -path '*/examples/*' -not -path '*/install/*'
}

# compile KIND FILE: one object file, named after both
compile() {
    local kind=$1 file=$2 object
    object="$out/objects/$kind-${file//\//_}.o"
    local cc=(-I. -Imodule3_gpu/sim/include -D_GNU_SOURCE -g)
    case $kind in
    c) gcc -std=c11 -O3 -ffp-contract=fast -fno-math-errno -fno-trapping-math -fopenmp -DTT_HAVE_CUDA=1 \
        "${cc[@]}" -c "$file" -o "$object" ;;
    simulator) g++ -std=c++17 -O2 -fno-exceptions "${cc[@]}" -c "$file" -o "$object" ;;
    sim) g++ -x c++ -std=c++17 -O2 -fno-exceptions -fno-stack-protector "${cc[@]}" -c "$file" -o "$object" ;;
    cuda) nvcc -std=c++17 -O3 -lineinfo -diag-suppress=177 "-arch=$arch" -I. -c "$file" -o "$object" ;;
    esac
}
export -f compile
export out arch

build_bare() {
    mkdir -p "$out/objects"
    {
        sources '*.c' | sed 's/^/c /'
        sources '*.cc' | sed 's/^/simulator /'
        sources '*.cu' | sed 's/^/sim /'
        sources '*.cu' | sed 's/^/cuda /'
        printf 'c %s\n' module3_gpu/bench_main.c module3_gpu/cuda/ladder/ladder_main.c
    } | xargs -P "$(nproc)" -L 1 bash -c 'compile "$0" "$1" || exit 255' || return 1
    for program in bench ladder; do
        local mains=("$out"/objects/*_main.c.o) own
        own=$(printf '%s\n' "${mains[@]}" | grep "${program}_main")
        # shellcheck disable=SC2046
        g++ -fopenmp -o "$out/$program" "$own" $(find "$out/objects" -name '*.o' -not -name '*_main.c.o') \
            "-L$home/lib64" "-L$home/targets/$(uname -m)-linux/lib" -lcudart_static -lcjson -lz -ldl -lrt -lpthread -lm || return 1
    done
}

# ---- the steps --------------------------------------------------------------------------------------------------

# sanitize TOOL TEST: Criterion runs each test body in a child
sanitize() {
    TT_REQUIRE_GPU=1 compute-sanitizer --tool "$1" --target-processes all --error-exitcode 9 "bazel-bin/tests/$2"
}

with_bazel() {
    step all_archs ./bazelw build --config=cuda //module3_gpu:all_archs
    step tests ./bazelw test --config=cuda //tests:module3 //tests:module4
    step tests_sync ./bazelw test --config=cuda --test_env=TT_CUDA_SYNC=1 //tests:kernel_backend_test \
        //tests:every_backend_test
    local checked=(task3_3_test task3_4_test cuda_fast_test) test
    if command -v compute-sanitizer >/dev/null; then
        step build ./bazelw build --config=cuda "${checked[@]/#///tests:}"
        for test in "${checked[@]}"; do
            step "memcheck_$test" sanitize memcheck "$test"
            step "racecheck_$test" sanitize racecheck "$test"
            step "synccheck_$test" sanitize synccheck "$test"
        done
    else
        echo "compute-sanitizer        left out: it is not installed"
    fi
    step ladder ./bazelw run --config=cuda -c opt //module3_gpu:ladder -- --backend cuda
    step bench ./bazelw run --config=cuda -c opt //module3_gpu:bench -- --check
    step train ./bazelw run --config=cuda -c opt //module3_gpu:train -- --backend cuda --dataset split \
        --hidden 100 --lr 0.05
}

with_compilers() {
    arch=sm_$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader | head -n 1 | tr -d '.')
    step build build_bare
    step ladder "$out/ladder" --backend cuda
    step bench "$out/bench" --check
}

step machine machine
if [[ -n $bare ]]; then with_compilers; else with_bazel; fi
printf '\n'
grep '^| ' "$out/ladder.txt" 2>/dev/null
grep 'cuda' "$out/bench.txt" 2>/dev/null
printf '\nThe whole of it: %s\n' "$out"
exit $failed
