"""PyTorch's side of //module1_autodiff:bench (see support/bench.h): python3 bench_peer.py THREADS

Reads requests "scalar_chain NODES" and answers with nanoseconds a node, forward and backward.
"""
import json
import os
import sys
import time

# PyTorch reads these when it is loaded. A peer is measured at its best: one thread for numbers of
# one element, and the kernels that its libraries choose for this processor.
os.environ.setdefault("OMP_NUM_THREADS", sys.argv[1] if len(sys.argv) > 1 else "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.pop("OPENBLAS_CORETYPE", None)

try:
    import torch
except ImportError:
    sys.exit(77)


def scalar_chain(nodes):
    x = torch.tensor(0.731, dtype=torch.float64, requires_grad=True)
    w = torch.tensor(0.9973, dtype=torch.float64, requires_grad=True)

    def once():
        y = x
        for _ in range(nodes // 2):
            y = y * w + x
        y.backward()

    once()
    times = []
    end = time.perf_counter() + 0.3
    while len(times) < 5 or time.perf_counter() < end:
        start = time.perf_counter()
        once()
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2] / nodes * 1e9


WORKS = {"scalar_chain": scalar_chain}

for line in sys.stdin:
    words = line.split()
    work = WORKS.get(words[0]) if words else None
    answer = {"peer": None}
    if work:
        answer = {"peer": "PyTorch " + torch.__version__, "value": work(int(words[1]))}
    print(json.dumps(answer), flush=True)
