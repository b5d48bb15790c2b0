#!/usr/bin/env bash
# //module3_gpu:sim on files of a learner: with and without main, right and wrong, with each compiler
# that is installed.
set -uo pipefail
sim=$1
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/sim.XXXXXX")
trap 'rm -rf "$work"' EXIT
failures=0

# expect NAME STATUS PATTERN ARGUMENTS...: status and a line of the output
expect() {
    local name=$1 status=$2 pattern=$3 output
    shift 3
    output=$("$sim" "$@" 2>"$work/err")
    local is=$?
    if [[ $is != "$status" ]]; then
        echo "$name: status $is, expected is $status"
        cat "$work/err"
        failures=$((failures + 1))
    fi
    if ! grep -qE -- "$pattern" <<<"$output"$'\n'"$(cat "$work/err")"; then
        echo "$name: nothing matches: $pattern"
        printf '%s\n' "$output" "$(cat "$work/err")"
        failures=$((failures + 1))
    fi
}

cat >"$work/copy.cu" <<'CU'
__global__ void copy(float *out, const float *in, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) out[i] = in[i];
}
CU
sed 's/if (i < n) //' "$work/copy.cu" >"$work/no guard.cu"
cat >"$work/sum.cu" <<'CU'
#include <cstdio>
/* A launch in a comment: sum<<<1, 2>>>(x); and in a text below. */
template <int N> __global__ void sum(float *out, const float *a)
{
    extern __shared__ float s[];
    s[threadIdx.x] = a[threadIdx.x];
    for (int k = N / 2; k > 0; k /= 2) {
        __syncthreads();
        if (threadIdx.x < k) s[threadIdx.x] += s[threadIdx.x + k];
    }
    if (threadIdx.x == 0) *out = s[0];
}
extern __shared__ int outside[];
__global__ void backwards(int *a)
{
    outside[threadIdx.x] = a[threadIdx.x];
    __syncthreads();
    a[threadIdx.x] = outside[blockDim.x - 1 - threadIdx.x];
}
int main()
{
    float *a, *o, h[64];
    int *i, j[32];
    for (int k = 0; k < 64; k++) h[k] = j[k / 2] = k;
    cudaMalloc(&a, sizeof h);
    cudaMalloc(&o, sizeof(float));
    cudaMalloc(&i, sizeof j);
    cudaMemcpy(a, h, sizeof h, cudaMemcpyHostToDevice);
    cudaMemcpy(i, j, sizeof j, cudaMemcpyHostToDevice);
    dim3 block(64);
    sum<64><<<1, block,
        64 * sizeof(float)>>>(o, a);
    backwards<<<1, 32, sizeof j, 0>>>(i);
    cudaMemcpy(h, o, sizeof(float), cudaMemcpyDeviceToHost);
    cudaMemcpy(j, i, sizeof j, cudaMemcpyDeviceToHost);
    printf("sum %g first %d <<<\n", h[0], j[0]);
    return cudaGetLastError() == cudaSuccess ? 0 : 3;
}
CU
sed '/__syncthreads();/d' "$work/sum.cu" >"$work/race.cu"
sed 's/dim3 block(64);/dim3 block(64); h[0] += a[1];/' "$work/sum.cu" >"$work/host.cu"
cat >"$work/syntax.cu" <<'CU'
// the next line but two lacks its semicolon
__global__ void k(float *a, int n)
{
    int i = threadIdx.x
    if (i < n) a[i] = 1;
}
CU
sed 's/threadIdx.x$/threadIdx.x; while (i < n) a[i] += 1;/' "$work/syntax.cu" >"$work/loop.cu"
cat >"$work/deep.cu" <<'CU'
__device__ int factorial(int n)
{
    return n == 0 ? 1 : n * factorial(n + 1);
}
__global__ void k(int *a, int n)
{
    a[threadIdx.x] = factorial(n) + factorial(n - 1);
}
CU
# A race, and then a host part that does not come to its end.
cat >"$work/race_then.cu" <<'CU'
#include <cassert>
#include <exception>
#include <unistd.h>
__global__ void k(int *o) { o[0] = threadIdx.x; }
int main()
{
    int *d, h;
    cudaMalloc(&d, sizeof h);
    k<<<1, 4>>>(d);
    cudaMemcpy(&h, d, sizeof h, cudaMemcpyDeviceToHost);
    END;
}
CU
sed 's/o\[0\] = threadIdx.x/if (threadIdx.x == 2) END/; s/  END;//' "$work/race_then.cu" >"$work/kernel_ends.cu"
cat >"$work/sine.cu" <<'CU'
__global__ void k(float *o, int n)
{
    float x = n;
    while (x != 0.1f) x = sinf(x) + 1e-3f;
    o[0] = x;
}
CU
cat >"$work/faults.cu" <<'CU'
__global__ void k(float *o, int i) { o[i] = 1; }
int main()
{
    float *d, *e;
    cudaMalloc(&d, 400);
    cudaMalloc(&e, 800);
    k<<<1, 1>>>(d, 100);
    k<<<1, 1>>>(e, 1000);
    k<<<1, 1>>>(e, 1001);
    k<<<1, 1>>>(nullptr, 0);
}
CU
echo '__global__ void k(int *a) { if (threadIdx.x == 37) a[blockIdx.x] = 1; }' >"$work/second.cu"
echo '__global__ void k(int *a, int n) { if (threadIdx.x < n) __syncthreads(); }' >"$work/left.cu"
cat >"$work/parent.cu" <<'CU'
__global__ void child(float *a) { a[0] = 1; }
__global__ void parent(float *a)
{
    child<<<1, 1>>>(a);
}
CU
cat >"$work/arguments.cu" <<'CU'
__global__ void k(float *a, int n) { if (n > 1) a[0] = 1; }
int main()
{
    float *a = nullptr;
    k<<<1, 1>>>(a);
}
CU
sed 's/>>>(a)/>>(a)/' "$work/arguments.cu" >"$work/launch.cu"
echo '__global__ void k(int *a) { asm("mov.u32 %0, %laneid;" : "=r"(a[0])); }' >"$work/ptx.cu"
echo '__global__ void k(cudaTextureObject_t t, float *a) { a[0] = tex2D<float>(t, 0, 0); }' >"$work/texture.cu"
printf '#include <cuda_fp16.h>\nint main() {}\n' >"$work/half.cu"
printf '#include <thrust/device_vector.h>\nint main() {}\n' >"$work/thrust.cu"
printf 'int main() { return 0; }\0' >"$work/binary.cu"
: >"$work/empty.cu"
mkdir "$work/folder.cu"
echo '__global__ void bad(float *a) { float v = tex2D(a, 1, 2); a[0] = v; }' >"$work/missing.cu"
printf '#include <cooperative_groups.h>\nint main() {}\n' >"$work/group.cu"
yes extern | head -1000000 >"$work/externs.cu"
echo 'int helper(int x) { return x; }' >"$work/none.cu"
echo '__global__ void grow(int *a, int n) { if (threadIdx.x < n) a[threadIdx.x] = threadIdx.y; }' >"$work/two.cu"

# Launches and declarations in every form they have.
cat >"$work/forms.cuh" <<'CU'
#pragma once
__global__ void helper(int *a) { extern __shared__ int h[]; h[threadIdx.x] = 1; a[8] += h[threadIdx.x]; }
inline void run_helper(int *a) { helper<<<1, 1, 4>>>(a); }
CU
{ printf '\xef\xbb\xbf'; cat <<'CU'; } >"$work/forms.cu"
#include "forms.cuh"
#include "forms.cuh"
#include <cstdio>
#if 0
it's no launch: k<<<1
#endif
#define SHARED(T, name) extern __shared__ T name[]
struct two { int x, y; };
__noinline__ __device__ int one() { return 1; }
__global__ void rows(int *a) { extern __shared__ int s[][4]; s[threadIdx.x][1] = 2; a[0] += s[threadIdx.x][1]; }
__global__ void turned(int *a) { __shared__ extern int s[]; s[0] = 2; a[1] += s[0]; }
__global__ void by_macro(int *a) { SHARED(int, s); s[0] = 2; a[2] += s[0]; }
__global__ void noted(int *a)
{
    extern /* not [this]; */ __shared__ // nor [this];
        int s[ ];
    s[0] = 2; a[3] += s[0] + 0 * __LINE__;
}
__global__ void maybe(int *a, const float *b, two t) { a[4] += b ? 100 : t.x + t.y; }
__global__ void fallback(int *a, int n = 3) { a[5] += n * one(); }
template <class T> __global__ void deduced(int *a, T n, const float *b) { a[6] += b ? 100 : n; }
static const char *raw = R"x(it's " <<<no launch>>>( )" )x";
int main(int argc, char **)
{
    int *a, h[10];
    cudaMallocAsync(&a, sizeof h, cudaStreamPerThread);
    cudaMemset(a, 0, sizeof h);
    rows<<<1, 1'0 / 10, 1'6, cudaStreamPerThread>>>(a);
    void (*both[])(int *) = {turned, by_macro};
    for (int i = 0; i < 2; i++) both[i]<<<1, 1, 4>>>(a);
    (argc > 5 ? turned : noted)<<<1, 1, 4>>>(a);
    maybe<<<1, 1>>>(a, NULL, {1, 2});
    maybe<<<1, 1>>>(a, 0, two{3, 4});
    fallback<<<1, 1>>>(a);
    deduced<<<1, 1>>>(a, 5, NULL);
    run_helper(a);
    cudaMemcpy(h, a, sizeof h, cudaMemcpyDeviceToHost);
    for (int i = 0; i < 9; i++) printf("%d ", h[i]);
    puts(raw + 100 * 0);
    return cudaFreeAsync(a, cudaStreamPerThread);
}
CU
cat >"$work/macro.cu" <<'CU'
#define LAUNCH(k, n, ...) k<<<(n), 1>>>(__VA_ARGS__)
template <class T> __global__ void deduced(T *a, int n) { a[blockIdx.x] = n; }
int main()
{
    int *a;
    cudaMalloc(&a, 8);
    LAUNCH(deduced<int>, 2, a, 3);
}
CU
# Files without main.
cat >"$work/many.cu" <<'CU'
#ifdef NEVER
__global__ void not_there(float *a) {
#else
__global__ void there(float *a) {
#endif
    a[threadIdx.x] = 1;
}
namespace my { namespace own { __global__ void spaced(float *a) { a[threadIdx.x] = 1; } } }
extern "C" __global__ void plain_c(float *a) { a[threadIdx.x] = 1; }
__global__ void twin(float *a, int n) { if (threadIdx.x < n) a[threadIdx.x] = 7.5; }
__global__ void twin(int *a, int n) { if (threadIdx.x < n) a[threadIdx.x] = 8; }
__global__ void fours(float4 *a, float4 b) { a[threadIdx.x].w += b.z; }
template <class T> __global__ void general(T *a) {}
#ifdef NEVER
int main() { return 3; }
#endif
CU
for i in $(seq 80); do echo "__global__ void k$i(int *a) { a[threadIdx.x] = 1; }"; done >"$work/eighty.cu"
printf '__global__ void k(int *a)\n{\n    if (a) {\n    a[0] = 1;\n}\n' >"$work/open.cu"
echo 'struct s { int *p; }; __global__ void k(s a) { a.p[0] = 1; }' >"$work/struct.cu"
echo '__global__ void k(void *a) {}' >"$work/void.cu"
cat >"$work/called.cu" <<'CU'
__global__ void k(int *a, int n) { if (threadIdx.x < n) a[threadIdx.x] = 1; }
int main()
{
    int *a;
    cudaMalloc(&a, 4);
    k(a, 1);
}
CU
sed 's/    k(a, 1);/    struct { void k(int *, int) {} } s; s.k(a, 1); k<<<1, 1>>>(a, 1);/' "$work/called.cu" >"$work/method.cu"
sed 's/    k(a, 1);/    k(1);/; 1a static void k(int n) { n++; }' "$work/called.cu" >"$work/wrapper.cu"
cat >"$work/std.cu" <<'CU'
#include <algorithm>
#include <cstdio>
using namespace std;
__global__ void fill(int *a) { a[0] = 1; }
int main()
{
    int *a, h[2] = {};
    cudaMalloc(&a, 4);
    fill<<<1, 1>>>(a);
    fill(h, h + 1, 1);
    printf("%d %d\n", h[0], h[1]);
}
CU
printf '__global__ void k(int *a)\n{\n    __shared__ int c = 0;\n    a[0] = c;\n}\n' >"$work/value.cu"
sed 's/k(a, 1)/k<<<1>>>(a, 1)/' "$work/called.cu" >"$work/blockless.cu"
sed 's/    k(a, 1)/    <<<1, 1>>>(a, 1)/' "$work/called.cu" >"$work/nameless.cu"
# What there is not: in the file, in an included one, and left out by an #if.
for header in thrust/sort.h cub/block/block_reduce.cuh cuda/atomic cuda/pipeline cufft.h cublas.h cublas_v2.h; do
    printf 'int x;\n#include <%s>\nint main() { sort(x); }\n' $header >"$work/header_${header//\//_}.cu"
done
echo '#include <thrust/sort.h>' >"$work/sort.cuh"
printf '#include "sort.cuh"\nint main() {}\n' >"$work/sort.cu"
printf '#ifdef NEVER\n#include <thrust/sort.h>\ncudaGraph_t g;\n#endif\nint main() {}\n' >"$work/left out.cu"
for word in 'texture<float, 1> t' 'cudaGraph_t g' '__cluster_dims__(2) int x' 'int x = cuInit(0)'; do
    printf 'int f(int);\n%s;\nint main() {}\n' "$word" >"$work/word_$(tr -dc a-zA-Z <<<"$word").cu"
done
cp "$work/copy.cu" "$work/a \"q\" b\\s.cu"
mkfifo "$work/pipe.cu"

for compiler in g++ clang++; do
    command -v $compiler >/dev/null || continue
    export CXX=$compiler
    expect "$compiler, right" 0 'out 0.5 1.5 2.5' "$work/copy.cu"
    expect "$compiler, no guard" 1 'out-of-bounds: kernel copy, .* no guard.cu:4' "$work/no guard.cu"
    expect "$compiler, with main" 0 'sum 2016 first 63 <<<' "$work/sum.cu"
    expect "$compiler, race" 1 'race: kernel sum<64>, .* at race.cu:(6|8) .* at race.cu:8' \
        "$work/race.cu" --order random --seed 5
    expect "$compiler, forms" 0 '^2 2 2 2 10 3 5 0 1 it.s " <<<no launch>>>\( \)" $' "$work/forms.cu"
    expect "$compiler, sort" 1 'sort.cuh:1:.*the simulator does not have thrust/sort.h: no Thrust' "$work/sort.cu"
    expect "$compiler, struct" 1 'struct.cu:1:.*kernel k has a parameter that cannot be made up' "$work/struct.cu"
done
unset CXX
for order in forward reverse random; do
    expect "forms, $order" 0 '^2 2 2 2 10 3 5 0 1 it.s " <<<no launch>>>\( \)" $' "$work/forms.cu" --order $order
done
for name in there my::own::spaced plain_c twin fours; do
    expect "many, $name" 0 "^$name<<<\(1,1,1\), \(8,1,1\), 0>>> with n = 8" "$work/many.cu" --grid 1 --block 8 --n 8
done
expect "many, twins" 0 '^  out 8 8 8 8 8 8 8 8$' "$work/many.cu" --grid 1 --block 8 --n 8
expect "many, fours" 0 '^  out 0.5 1.5 2.5 4 4.5 5.5 6.5 8 ...$' "$work/many.cu" --grid 1 --block 8 --n 8
expect "many, template" 0 '^general is a template and does not run' "$work/many.cu" --grid 1 --block 8 --n 8
expect "eighty" 0 '^k80<<<' "$work/eighty.cu" --grid 1 --block 8 --n 8
expect "open" 1 'open.cu: line 2: the \{ of this line is never closed' "$work/open.cu"
expect "struct" 1 'struct.cu:1:.*kernel k has a parameter that cannot be made up.*a main of its own' "$work/struct.cu"
expect "void" 1 'void.cu:1:.*kernel k has a parameter that cannot be made up' "$work/void.cu"
expect "called" 1 'called.cu: line 6: a __global__ function is not called but launched' "$work/called.cu"
expect "method" 0 '^k<<<' "$work/method.cu"
expect "wrapper" 0 '' "$work/wrapper.cu"
expect "of std" 0 '^1 0$' "$work/std.cu"
expect "value" 1 'value.cu: line 3: a __shared__ variable has no initial value' "$work/value.cu"
expect "blockless" 1 'line 6: .* this one has no block' "$work/blockless.cu"
expect "nameless" 1 'line 6: before <<< stands no kernel' "$work/nameless.cu"
for file in "$work"/header_*.cu "$work"/word_*.cu; do
    expect "$file" 1 '.cu:2:.*the simulator does not have ' "$file"
    [[ $(wc -l <"$work/err") -lt 8 ]] || { echo "$file: many words"; failures=$((failures + 1)); }
done
expect "sort" 1 'sort.cuh:1:.*the simulator does not have thrust/sort.h: no Thrust' "$work/sort.cu"
expect "left out" 0 '' "$work/left out.cu"
expect "file name" 0 '^copy<<<' "$work/a \"q\" b\\s.cu"
expect "pipe" 1 'pipe.cu: a pipe or a device, and not a file' "$work/pipe.cu"
expect "decimal" 0 '^copy<<<\(10,1,1\), \(8,1,1\), 0>>>' "$work/copy.cu" --grid 010 --block 08
expect "negative" 2 '^sim: --grid -5: not one to three whole numbers' "$work/copy.cu" --grid -5
expect "no value" 2 "^Try 'sim --help'" "$work/copy.cu" --order
expect "quiet, finding" 1 '^out-of-bounds' "$work/no guard.cu" --quiet
expect "by macro" 0 '^deduced<int><<<\(2,1,1\), \(1,1,1\)>>>$' "$work/macro.cu"
if "$sim" "$work/copy.cu" --quiet | grep global || "$sim" "$work/copy.cu" --quiet --json 2>/dev/null | grep .; then
    echo "quiet: counts"
    failures=$((failures + 1))
fi
expect "host" 1 'out-of-bounds: the host reads memory of the device at host.cu:30 ' "$work/host.cu"
expect "trace, cells" 0 '^ +32 +t8 +t9 +t10 +t11 +t12 +t13 +t14 +t15$' "$work/copy.cu" --trace
expect "trace, sectors" 0 '^  = 4 sectors of 32 bytes, of which 128 of 128 bytes are used' "$work/copy.cu" --trace
expect "trace, banks" 0 'round +1 +t0 +t1 +t2 ' "$work/sum.cu" --trace
"$sim" "$work/sum.cu" --trace 2>/dev/null | sed -n '/^trace of/,/^sum 2016/p' >"$work/out"
if grep '.\{81\}' "$work/out" || ! grep -q 'round' "$work/out"; then
    echo "trace: lines of more than 80 columns, or none on standard output"
    failures=$((failures + 1))
fi
expect "trace, second warp" 0 '^  t0 is thread 32 of the block$' "$work/second.cu" --trace
expect "json, a thread that never comes" 1 '"kind":"barrier-divergence",.*"thread":\[0,0,0\],"other_block":\[0,0,0\],"other_thread":\[4,0,0\]' \
    "$work/left.cu" --json --n 4
expect "json" 1 '^\{"event":"finding","kind":"out-of-bounds",.*"line":4,' "$work/no guard.cu" --json
if "$sim" "$work/no guard.cu" --json 2>/dev/null | grep -qv '^{'; then
    echo "json: other lines on standard output"
    failures=$((failures + 1))
fi
expect "sizes" 1 'race: kernel grow, .*thread \(0,1,0\)' "$work/two.cu" --block 32,2 --grid 1 --n 8
expect "missing" 1 'the simulator does not have tex2D: read the array itself' "$work/missing.cu"
expect "group" 1 'the simulator does not have cooperative_groups.h' "$work/group.cu"
expect "syntax" 1 'syntax.cu:5:.*expected .* before' "$work/syntax.cu"
expect "loop" 1 'time-limit: kernel k, block \(0,0,0\): thread \(0,0,0\) still runs after 0.1 s at loop.cu:4' \
    "$work/loop.cu" --seconds 0.1
expect "loop, plain" 1 'time-limit: kernel k, block .*: thread .* at loop.cu:4' "$work/loop.cu" --seconds 0.1 --plain
expect "loop, a hint that holds" 1 'a loop that never ends\? \(--seconds of ' "$work/loop.cu" --seconds 0.1
expect "loop, in the C library" 1 'time-limit: .* at sine.cu:4' "$work/sine.cu" --seconds 0.1 --grid 1 --block 1
for end in 'assert(h == 7)' 'abort()' 'std::terminate()' '*(volatile int *)8 = 1' '_exit(0)' 'quick_exit(0)' 'exit(0)'; do
    sed "s/END/$end/" "$work/race_then.cu" >"$work/end.cu"
    expect "race, then $end" 1 '^race: kernel k, .* at end.cu:4 .* \(3 times\)$' "$work/end.cu"
    expect "race, then $end, json" 1 '^\{"event":"finding","kind":"race",.*"times":3\}$' "$work/end.cu" --json
done
for end in 'abort()' 'exit(0)'; do
    sed "s/END/$end/" "$work/kernel_ends.cu" >"$work/end.cu"
    expect "a kernel calls $end" 1 "^fault: kernel k, block .*: thread \\(2,0,0\\) calls ${end%%(*}.*, at end.cu:4$" "$work/end.cu"
done
sed "s/END/_exit(0)/" "$work/kernel_ends.cu" >"$work/end.cu"
expect "a kernel calls _exit" 1 '^fault: kernel k: it ends the program' "$work/end.cu"
expect "faults, one" 1 'past the end of the array of cudaMalloc number 1 \(400 bytes\): does the index have a guard\?$' "$work/faults.cu"
expect "faults, two" 1 'past the end of the array of cudaMalloc number 2 .* \(2 times\)$' "$work/faults.cu"
expect "faults, three" 1 'at faults.cu:1, through a null pointer$' "$work/faults.cu"
expect "deep" 1 'stack-overflow: kernel k, block \(0,0,0\): thread \(0,0,0\) .* deep.cu:3: a recursion' "$work/deep.cu"
expect "deep, plain" 1 'stack-overflow: kernel k, .* deep.cu:[23]: a recursion' "$work/deep.cu" --plain
expect "parent" 1 'line 4: a kernel launches a kernel, which the simulator does not have' "$work/parent.cu"
expect "arguments" 1 'arguments.cu:5:.* too few arguments to function' "$work/arguments.cu"
expect "launch" 1 'line 5: a launch is kernel<<<grid, block>>>' "$work/launch.cu"
expect "ptx" 1 'ptx.cu:1:.*asm: the simulator does not have PTX; an expression' "$work/ptx.cu"
expect "texture" 1 'the simulator does not have tex2D: read the array itself' "$work/texture.cu"
expect "half" 1 'the simulator does not have cuda_fp16.h: no half' "$work/half.cu"
expect "thrust" 1 'the simulator does not have thrust/device_vector.h' "$work/thrust.cu"
expect "binary" 1 'binary.cu: holds a zero byte' "$work/binary.cu"
expect "empty" 1 'empty.cu: is empty' "$work/empty.cu"
expect "folder" 1 'is a folder' "$work/folder.cu"
if [[ $(id -u) != 0 ]]; then
    chmod 000 "$work/none.cu"
    expect "unreadable" 1 'Permission denied' "$work/none.cu"
    chmod 600 "$work/none.cu"
fi
expect "externs" 1 'there is nothing to run' "$work/externs.cu"
expect "none" 1 'there is nothing to run' "$work/none.cu"
expect "no file" 1 'not there' "$work/not there.cu"
expect "usage" 2 'one to three whole numbers' "$work/copy.cu" --block 3x
[[ $failures == 0 ]] && echo "all right"
exit $((failures > 0))
