#!/usr/bin/env python3
"""Makes support/golden_networks.h: twenty SGD steps of MiniTorch's CNN and of LeNet-5, by PyTorch.

    python3 tests/module4_nn/golden_networks.py > tests/module4_nn/support/golden_networks.h

Weights and images are numbers by formula, made again in the test. A network has up to 61,706 numbers,
so of each first gradient and each weight after five steps stands here its length, its sum weighted by other numbers by
formula, which a change of any cell moves, and 8 of its cells. The CNN trains with dropout: its mask is
drawn by the project's generator, Philox4x32-10, written out once more.
"""
import math

import torch
import torch.nn.functional as F

BATCH, STEPS, LOSSES, CLASSES, LR, SEED, CELLS = 3, 5, 20, 10, 0.1, 7, 8
DROPOUT_STREAM = 2  # support/random.h


def noise(start, *shape):
    """Numbers in (-2, 2) that look like chance: fractions of large sines, in steps of 2^-9."""
    values = [
        math.modf(math.sin(start + 12.9898 * (i + 1)) * 43758.5453)[0] for i in range(math.prod(shape))
    ]
    return torch.tensor([round(v * 1024) / 512 for v in values], dtype=torch.float64).reshape(shape)


def philox(counter, key):
    x, mask = list(counter), 0xFFFFFFFF
    for _ in range(10):
        a, b = 0xD2511F53 * x[0], 0xCD9E8D57 * x[2]
        x = [(b >> 32) ^ x[1] ^ key[0], b & mask, (a >> 32) ^ x[3] ^ key[1], a & mask]
        key = ((key[0] + 0x9E3779B9) & mask, (key[1] + 0xBB67AE85) & mask)
    return x


def dropout_mask(first, rows, columns, rate):
    uniform = [
        (philox((first + i, 0, DROPOUT_STREAM, 0), (SEED, 0))[0] >> 8) / 2**24
        for i in range(rows * columns)
    ]
    values = [0.0 if u < rate else 1 / (1 - rate) for u in uniform]
    return torch.tensor(values, dtype=torch.float64).reshape(rows, columns)


# name, shape as TinyTorch keeps it, the power of two that scales it
CNN = [("conv1.weight", (4, 1, 3, 3), -2), ("conv1.bias", (4,), -3),
       ("conv2.weight", (8, 4, 3, 3), -3), ("conv2.bias", (8,), -3),
       ("fc1.weight", (392, 64), -5), ("fc1.bias", (64,), -4),
       ("fc2.weight", (64, 10), -3), ("fc2.bias", (10,), -3)]
LENET5 = [("conv1.weight", (6, 1, 5, 5), -3), ("conv1.bias", (6,), -3),
          ("conv2.weight", (16, 6, 5, 5), -4), ("conv2.bias", (16,), -3),
          ("fc1.weight", (400, 120), -5), ("fc1.bias", (120,), -4),
          ("fc2.weight", (120, 84), -4), ("fc2.bias", (84,), -4),
          ("fc3.weight", (84, 10), -3), ("fc3.bias", (10,), -3)]


def linear(x, p, name):
    return F.linear(x, p[name + ".weight"].t(), p[name + ".bias"])


def cnn(x, p, step):
    for name in ("conv1", "conv2"):  # anchored at the top left: padded below and on the right
        x = F.relu(F.conv2d(F.pad(x, (0, 2, 0, 2)), p[name + ".weight"], p[name + ".bias"]))
    x = F.relu(linear(F.max_pool2d(x, 4).flatten(1), p, "fc1"))
    return linear(x * dropout_mask(step * BATCH * 64, BATCH, 64, 0.25), p, "fc2")


def lenet5(x, p, step):
    x = F.max_pool2d(F.relu(F.conv2d(x, p["conv1.weight"], p["conv1.bias"], padding=2)), 2)
    x = F.max_pool2d(F.relu(F.conv2d(x, p["conv2.weight"], p["conv2.bias"])), 2)
    x = F.relu(linear(x.flatten(1), p, "fc1"))
    return linear(F.relu(linear(x, p, "fc2")), p, "fc3")


def summary(t):
    flat = t.reshape(-1)
    cells = [flat[i * (len(flat) - 1) // (CELLS - 1)].item() for i in range(CELLS)]
    return [flat.norm().item(), (flat * noise(50, len(flat))).sum().item(), *cells]


def numbers(values):
    return "{" + ", ".join(f"{v:.9g}" for v in values) + "}"


def train(name, forward, layout):
    p = {}
    for i, (key, shape, power) in enumerate(layout):
        p[key] = (noise(100 + i, *shape) * 2.0**power).requires_grad_(True)
    losses, gradients, ends = [], [], []
    for step in range(LOSSES):
        x = noise(200 + step, BATCH, 1, 28, 28) / 4 + 0.5
        y = torch.tensor([(3 * step + 7 * b) % CLASSES for b in range(BATCH)])
        loss = F.cross_entropy(forward(x, p, step), y)
        for tensor in p.values():
            tensor.grad = None
        loss.backward()
        losses.append(loss.item())
        if step == 0:
            gradients = [summary(t.grad) for t in p.values()]
        with torch.no_grad():
            for tensor in p.values():
                tensor -= LR * tensor.grad
        if step == STEPS - 1:
            ends = [summary(t.detach()) for t in p.values()]
    print(f"static const golden_network golden_{name} = {{\n    \"{name}\", {len(layout)},")
    print(f"    {numbers(losses)},\n    {{")
    for (key, shape, power), gradient, end in zip(layout, gradients, ends):
        print(f"        {{\"{key}\", {2.0**power},\n         {numbers(gradient)},")
        print(f"         {numbers(end)}}},")
    print("    }};\n")


print("/* Made by tests/module4_nn/golden_networks.py with PyTorch; do not edit. */")
print("#ifndef TT_TESTS_GOLDEN_NETWORKS_H\n#define TT_TESTS_GOLDEN_NETWORKS_H\n\n/* clang-format off */")
sizes = dict(BATCH=BATCH, STEPS=STEPS, LOSSES=LOSSES, CLASSES=CLASSES, SEED=SEED, CELLS=CELLS)
print("enum { " + ", ".join(f"GOLDEN_{k} = {v}" for k, v in sizes.items()) + " };")
print(f"#define GOLDEN_LR {LR}f\n")
print("""typedef struct golden_network {
    const char *name;
    int parameters;
    double losses[GOLDEN_LOSSES];
    struct golden_parameter {
        const char *name;
        double scale;                            /* of the formula's numbers at the start */
        double gradient[2 + GOLDEN_CELLS], end[2 + GOLDEN_CELLS]; /* length, weighted sum, cells */
    } at[10];
} golden_network;
""")
train("cnn", cnn, CNN)
train("lenet5", lenet5, LENET5)
print("/* clang-format on */\n#endif")
