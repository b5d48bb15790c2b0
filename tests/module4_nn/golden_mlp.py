#!/usr/bin/env python3
"""Makes support/golden_mlp.h: five SGD steps of a small MLP, computed by PyTorch.

    python3 tests/module4_nn/golden_mlp.py > tests/module4_nn/support/golden_mlp.h

The numbers are not drawn by torch's generator, which may change, but by the formula in `noise`.
Computed in double, so that what is compared with is right to the last digit printed.
"""
import math

import torch
import torch.nn.functional as F

INPUTS, HIDDEN, CLASSES, BATCH, STEPS, LR = 12, 8, 4, 6, 5, 0.2


def noise(name, *shape):
    """Numbers in (-1, 1) that look like chance: the fractions of large sines."""
    size, start = math.prod(shape), sum(map(ord, name))
    values = [math.modf(math.sin(start + 12.9898 * (i + 1)) * 43758.5453)[0] for i in range(size)]
    values = [float(torch.tensor(v, dtype=torch.float32)) for v in values]  # exact in both types
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def show(name, tensor):
    values = [f"{v:.9g}" for v in tensor.reshape(-1).tolist()]
    values = [v if "." in v or "e" in v else v + ".0" for v in values]
    lines = [", ".join(v + "f" for v in values[i : i + 7]) for i in range(0, len(values), 7)]
    print(f"static const float golden_{name}[{len(values)}] = {{")
    print("    " + ",\n    ".join(lines) + "};\n")


def main():
    # torch keeps a weight as (out, in), TinyTorch as (in, out): made in ours, handed over transposed.
    p = {
        "fc1_weight": noise("w1", INPUTS, HIDDEN) * 0.5,
        "fc1_bias": noise("b1", HIDDEN) * 0.5,
        "fc2_weight": noise("w2", HIDDEN, CLASSES) * 0.5,
        "fc2_bias": noise("b2", CLASSES) * 0.5,
    }
    x = noise("x", STEPS, BATCH, INPUTS) * 2
    y = (noise("y", STEPS, BATCH).abs() * CLASSES).long()
    for tensor in p.values():
        tensor.requires_grad_(True)

    print("/* Made by tests/module4_nn/golden_mlp.py with PyTorch; do not edit. */")
    print("#ifndef TT_TESTS_GOLDEN_MLP_H\n#define TT_TESTS_GOLDEN_MLP_H\n\n/* clang-format off */")
    sizes = dict(INPUTS=INPUTS, HIDDEN=HIDDEN, CLASSES=CLASSES, BATCH=BATCH, STEPS=STEPS)
    print("enum { " + ", ".join(f"GOLDEN_{k} = {v}" for k, v in sizes.items()) + " };")
    print(f"#define GOLDEN_LR {LR}f\n")
    for name, tensor in p.items():
        show(name, tensor)
    show("x", x)
    show("y", y.double())

    losses = []
    for step in range(STEPS):
        h = F.relu(F.linear(x[step], p["fc1_weight"].t(), p["fc1_bias"]))
        loss = F.cross_entropy(F.linear(h, p["fc2_weight"].t(), p["fc2_bias"]), y[step])
        for tensor in p.values():
            tensor.grad = None
        loss.backward()
        losses.append(loss.item())
        for name, tensor in p.items():
            if step == 0:
                show("grad_" + name, tensor.grad)
            with torch.no_grad():
                tensor -= LR * tensor.grad
    show("losses", torch.tensor(losses, dtype=torch.float64))
    for name, tensor in p.items():
        show("end_" + name, tensor)
    print("#endif")


main()
