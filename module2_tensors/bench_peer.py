"""PyTorch's side of //module2_tensors:bench. Usage: python3 bench_peer.py THREADS

Answers requests like "zip_add 256" or "matmul 64 400 120" (see support/bench.h) with GB/s for loops, GFLOP/s for matmul,
milliseconds an epoch for train_mlp. Exit status 77 where PyTorch is not installed.
"""

import json
import os
import statistics
import sys
import time

THREADS = int(sys.argv[1]) if len(sys.argv) > 1 else 1

# The peer at its best: before torch is imported.
os.environ.pop("OPENBLAS_CORETYPE", None)
os.environ["OMP_NUM_THREADS"] = str(THREADS)
os.environ["OPENBLAS_NUM_THREADS"] = "1"
try:
    with open("/proc/cpuinfo") as cpuinfo:
        if " avx512f " in cpuinfo.read():
            os.environ.setdefault("ATEN_CPU_CAPABILITY", "avx512")
except OSError:
    pass

try:
    import torch
except ImportError:
    sys.exit(77)

torch.set_num_threads(THREADS)
torch.manual_seed(1)


def seconds(work):
    """Median seconds a call, measured as support/bench.h does."""
    work()
    calls, spent = 1, 0.0
    while True:
        begin = time.perf_counter()
        for _ in range(calls):
            work()
        spent = time.perf_counter() - begin
        if spent >= 1e-3:
            break
        calls *= 2
    samples, end = [spent / calls], time.perf_counter() + 0.1
    while len(samples) < 5 or (time.perf_counter() < end and len(samples) < 1000):
        begin = time.perf_counter()
        for _ in range(calls):
            work()
        samples.append((time.perf_counter() - begin) / calls)
    return statistics.median(samples)


def operand(*shape):
    return torch.rand(*shape) + 0.5


def loops(side):
    """Name -> (work, bytes moved at the least)."""
    a, b = operand(side, side), operand(side, side)
    row, col = operand(1, side), operand(side, 1)
    out, cells = torch.empty(side, side), side * side
    one, last, first = torch.empty(1), torch.empty(side), torch.empty(side)
    flat = a.view(-1)
    return {
        "copy": (lambda: out.copy_(a), 8 * cells),
        "zip_add": (lambda: torch.add(a, b, out=out), 12 * cells),
        "broadcast_row": (lambda: torch.add(a, row, out=out), 8 * cells),
        "broadcast_col": (lambda: torch.add(a, col, out=out), 8 * cells),
        "map_exp": (lambda: torch.exp(a, out=out), 8 * cells),
        "map_log": (lambda: torch.log(a, out=out), 8 * cells),
        "map_sigmoid": (lambda: torch.sigmoid(a, out=out), 8 * cells),
        "sum_all": (lambda: torch.sum(flat, 0, out=one[0]), 4 * cells),
        "sum_last": (lambda: torch.sum(a, 1, out=last), 4 * cells),
        "sum_first": (lambda: torch.sum(a, 0, out=first), 4 * cells),
        "transpose_copy": (lambda: out.copy_(a.t()), 8 * cells),
        "add_transposed": (lambda: torch.add(a, b.t(), out=out), 12 * cells),
    }


def matmul(n, k, m):
    """GFLOP/s of (n, k) x (k, m)."""
    a, b, out = operand(n, k), operand(k, m), torch.empty(n, m)
    return 2e-9 * n * k * m / seconds(lambda: torch.mm(a, b, out=out))


def train_mlp(hidden):
    """Milliseconds an epoch: 50 points in batches of 10, as bench_work.c."""
    net = torch.nn.Sequential(
        torch.nn.Linear(2, hidden), torch.nn.ReLU(),
        torch.nn.Linear(hidden, hidden), torch.nn.ReLU(),
        torch.nn.Linear(hidden, 1), torch.nn.Sigmoid())
    sgd = torch.optim.SGD(net.parameters(), lr=0.05)
    x = torch.rand(5, 10, 2)
    y = ((x[..., :1] < 0.5) != (x[..., 1:] < 0.5)).float()

    def epoch():
        for i in range(5):
            p = net(x[i])
            loss = -torch.log(p * y[i] + (p - 1) * (y[i] - 1)).mean()
            sgd.zero_grad()
            loss.backward()
            sgd.step()
            loss.item()

    return 1e3 * seconds(epoch)


def measure(name, *size):
    if name == "train_mlp":
        return train_mlp(*size)
    if name == "matmul":
        return matmul(*(size if len(size) == 3 else 3 * size))
    work, amount = loops(*size)[name]
    return amount * 1e-9 / seconds(work)


def main():
    peer = "PyTorch " + torch.__version__
    for line in sys.stdin:
        name, *size = line.split()
        try:
            answer = {"peer": peer, "value": measure(name, *map(int, size))}
        except KeyError:
            answer = {"peer": None}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
