"""PyTorch's side of //module4_nn:bench. Usage: python3 bench_peer.py THREADS

Answers requests (see support/bench.h):

    train_cnn, train_lenet5      seconds an epoch of 60000 images, from the time of some steps
    conv_64x56 forward|both      milliseconds
    startup                      seconds of a python3 that makes LeNet-5 and asks it once
    memory                       MB that a python3 needs at most to train LeNet-5

PyTorch at its best: memory in the order of channels last where that is faster, kernels for AVX-512,
batches that are floats already and lie in a row. Exit status 77 where it is not installed.
"""

import json
import os
import statistics
import subprocess
import sys
import time

THREADS = int(sys.argv[1]) if len(sys.argv) > 1 else 1

# Before torch is imported.
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
    import torch.nn.functional as F
    from torch import nn
except ImportError:
    sys.exit(77)

torch.set_num_threads(THREADS)
torch.manual_seed(1)

EPOCH = 60000
STEPS = {"cnn": 150, "lenet5": 40}


class CNN(nn.Module):
    """Task 4.5's. Its convolutions pad on the right and below; padding on both sides is the same
    work for PyTorch and spares it a copy."""

    batch = 16

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, padding=1)
        self.conv2 = nn.Conv2d(4, 8, 3, padding=1)
        self.fc1 = nn.Linear(392, 64)
        self.fc2 = nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(self.conv2(F.relu(self.conv1(x))))
        x = F.relu(self.fc1(F.max_pool2d(x, 4).flatten(1)))
        return self.fc2(F.dropout(x, 0.25, self.training))


class LeNet5(nn.Module):
    batch = 64

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2).flatten(1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))


class Training:
    """A network and its batches, in one order of memory."""

    def __init__(self, make, memory_format, images=4096):
        torch.manual_seed(1)
        self.net = make().to(memory_format=memory_format)
        self.batch = make.batch
        self.sgd = torch.optim.SGD(self.net.parameters(), lr=0.05)
        self.x = torch.rand(images, 1, 28, 28).contiguous(memory_format=memory_format)
        self.y = torch.randint(0, 10, (images,))
        self.at = 0

    def step(self):
        if self.at + self.batch > len(self.y):
            self.at = 0
        some = slice(self.at, self.at + self.batch)
        self.at += self.batch
        loss = F.cross_entropy(self.net(self.x[some]), self.y[some])
        self.sgd.zero_grad(set_to_none=True)
        loss.backward()
        self.sgd.step()

    def epoch(self, steps):
        begin = time.perf_counter()
        for _ in range(steps):
            self.step()
        return (time.perf_counter() - begin) * EPOCH / (steps * self.batch)


BEST = {}


def train(model):
    """The faster order of memory is found out once."""
    if model not in BEST:
        make = {"cnn": CNN, "lenet5": LeNet5}[model]
        runs = [Training(make, order) for order in (torch.contiguous_format, torch.channels_last)]
        for run in runs:
            run.epoch(20)
        BEST[model] = min(runs, key=lambda run: min(run.epoch(20) for _ in range(3)))
    BEST[model].epoch(5)
    return BEST[model].epoch(STEPS[model])


def conv_64x56(what):
    if "conv" not in BEST:
        BEST["conv"] = (torch.randn(16, 64, 56, 56), torch.randn(64, 64, 3, 3), torch.randn(16, 64, 56, 56))
    x, w, d = BEST["conv"]
    both = what == "both"
    x.requires_grad_(both), w.requires_grad_(both)

    def work():
        y = F.conv2d(x, w, padding=1)
        if both:
            x.grad = w.grad = None
            y.backward(d)

    samples = []
    for _ in range(4):
        begin = time.perf_counter()
        work()
        samples.append(time.perf_counter() - begin)
    return 1e3 * statistics.median(samples[1:])


def child(code):
    """Seconds and MB of another python3 that runs this file's classes."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, os.path.abspath(__file__), str(THREADS), code], check=True)
    return time.perf_counter() - begin


def measure(name, what=""):
    time.sleep(0.4)  # the other side's threads look for work for a while: see bench_nets.h
    if name.startswith("train_"):
        return train(name[len("train_"):])
    if name == "conv_64x56":
        return conv_64x56(what)
    if name == "startup":
        return child("startup")
    if name == "memory":
        found = subprocess.run([sys.executable, os.path.abspath(__file__), str(THREADS), "memory"],
                               check=True, stdout=subprocess.PIPE)
        return float(found.stdout)
    raise KeyError(name)


def run_as_child(code):
    if code == "startup":
        LeNet5()(torch.rand(1, 1, 28, 28)).sum().item()
        return
    import resource

    Training(LeNet5, torch.contiguous_format, EPOCH).epoch(200)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main():
    peer = "PyTorch " + torch.__version__
    for line in sys.stdin:
        try:
            answer = {"peer": peer, "value": measure(*line.split())}
        except KeyError:
            answer = {"peer": None}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        run_as_child(sys.argv[2])
    else:
        main()
