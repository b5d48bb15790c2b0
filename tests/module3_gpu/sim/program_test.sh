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
echo 'int helper(int x) { return x; }' >"$work/none.cu"
echo '__global__ void grow(int *a, int n) { if (threadIdx.x < n) a[threadIdx.x] = threadIdx.y; }' >"$work/two.cu"

for compiler in g++ clang++; do
    command -v $compiler >/dev/null || continue
    export CXX=$compiler
    expect "$compiler, right" 0 'out 0.5 1.5 2.5' "$work/copy.cu"
    expect "$compiler, no guard" 1 'out-of-bounds: kernel copy, .* no guard.cu:4' "$work/no guard.cu"
    expect "$compiler, with main" 0 'sum 2016 first 63 <<<' "$work/sum.cu"
    expect "$compiler, race" 1 'race: kernel sum<64>, .* at race.cu:(6|8) .* at race.cu:8' \
        "$work/race.cu" --order random --seed 5
done
unset CXX
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
expect "ptx" 1 'ptx.cu:1:.*the_simulator_does_not_have_PTX' "$work/ptx.cu"
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
expect "none" 1 'there is nothing to run' "$work/none.cu"
expect "no file" 1 'not there' "$work/not there.cu"
expect "usage" 2 'one to three whole numbers' "$work/copy.cu" --block 3x
[[ $failures == 0 ]] && echo "all right"
exit $((failures > 0))
