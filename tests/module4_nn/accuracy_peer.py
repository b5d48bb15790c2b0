#!/usr/bin/env python3
"""Trains the CNN of Task 4.5 by PyTorch and by `train`, from the same weights, and compares.

    ./bazelw build -c opt //module4_nn:train
    python3 tests/module4_nn/accuracy_peer.py bazel-bin/module4_nn/train [SEEDS]

Both train on Fashion-MNIST with train's defaults: AdamW, half a cosine from 0.004 to 0, 64 images a
step, 8 epochs. Shuffling and dropout are each its own, so the numbers differ by chance. Prints the
test accuracies for each seed, and their means; ends with 1 when the means are not within a point.
Needs python3-torch and dataset-fashion-mnist (Debian); a seed takes a minute.
"""

import gzip
import json
import math
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F
from torch import nn

DATA = Path("/usr/share/datasets/fashion-mnist")
EPOCHS, BATCH, LR, DECAY = 8, 64, 0.004, 0.01


def read(part):
    """Images (N,1,28,28) from 0 to 1, labels (N,)."""
    images = gzip.open(DATA / f"{part}-images-idx3-ubyte.gz").read()[16:]
    labels = gzip.open(DATA / f"{part}-labels-idx1-ubyte.gz").read()[8:]
    x = torch.from_numpy(numpy.frombuffer(images, numpy.uint8).copy()).reshape(-1, 1, 28, 28)
    return x / 255, torch.from_numpy(numpy.frombuffer(labels, numpy.uint8).astype(numpy.int64))


class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 4, 3), nn.Conv2d(4, 8, 3)
        self.fc1, self.fc2 = nn.Linear(392, 64), nn.Linear(64, 10)

    def forward(self, x):
        for conv in (self.conv1, self.conv2):  # anchored at the top left
            x = F.relu(conv(F.pad(x, (0, 2, 0, 2))))
        x = F.relu(self.fc1(F.max_pool2d(x, 4).flatten(1)))
        return self.fc2(F.dropout(x, 0.25, self.training))


def save(net, path):
    """The weights as a safetensors file; TinyTorch's of a linear layer are (in, out)."""
    header, data = {}, b""
    for name, tensor in net.state_dict().items():
        tensor = tensor.t() if tensor.dim() == 2 else tensor
        raw = tensor.contiguous().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def by_pytorch(net, train, test):
    x, y = train
    steps = math.ceil(len(y) / BATCH)
    adamw = torch.optim.AdamW(net.parameters(), lr=LR, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        adamw, lambda step: 0.5 * (1 + math.cos(math.pi * step / (steps * EPOCHS))))
    for _ in range(EPOCHS):
        for some in torch.randperm(len(y)).split(BATCH):
            loss = F.cross_entropy(net(x[some]), y[some])
            adamw.zero_grad()
            loss.backward()
            adamw.step()
            schedule.step()
    net.eval()
    with torch.no_grad():
        return (net(test[0]).argmax(1) == test[1]).double().mean().item()


def by_tinytorch(program, weights, seed):
    said = subprocess.run(
        [program, "--model", "cnn", "--load", weights, "--data", DATA, "--seed", str(seed), "--json"],
        check=True, capture_output=True, text=True).stdout
    return json.loads(said.splitlines()[-1])["test_accuracy"]


def main():
    program, seeds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3
    train, test = read("train"), read("t10k")
    means = [0.0, 0.0]
    for seed in range(1, seeds + 1):
        torch.manual_seed(seed)
        net = CNN()
        with tempfile.TemporaryDirectory() as folder:
            weights = Path(folder) / "start.safetensors"
            save(net, weights)
            ours = by_tinytorch(program, weights, seed)
        theirs = by_pytorch(net, train, test)
        means[0] += ours / seeds
        means[1] += theirs / seeds
        print(f"seed {seed}: TinyTorch {ours:.4f}, PyTorch {theirs:.4f}", flush=True)
    print(f"means: TinyTorch {means[0]:.4f}, PyTorch {means[1]:.4f}")
    return abs(means[0] - means[1]) > 0.01


if __name__ == "__main__":
    sys.exit(main())
