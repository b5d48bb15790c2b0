#!/usr/bin/env python3
"""Makes support/golden_ops.h: convolution, pooling, activations and losses by PyTorch.

    python3 tests/module4_nn/golden_ops.py > tests/module4_nn/support/golden_ops.h

Inputs are numbers by formula (`noise`), made again in the test; incoming gradients too.
"""
import math

import torch
import torch.nn.functional as F


def noise(start, *shape):
    """Numbers in (-2, 2) that look like chance: fractions of large sines, in steps of 2^-10."""
    size = math.prod(shape)
    values = [math.modf(math.sin(start + 12.9898 * (i + 1)) * 43758.5453)[0] for i in range(size)]
    values = [round(v * 1024) / 512 for v in values]
    return torch.tensor(values, dtype=torch.float64).reshape(shape).requires_grad_(True)


def show(name, tensor):
    values = [f"{v:.9g}" for v in tensor.reshape(-1).tolist()]
    values = [v if "." in v or "e" in v else v + ".0" for v in values]
    lines = [", ".join(values[i : i + 8]) for i in range(0, len(values), 8)]
    print(f"static const double golden_{name}[{len(values)}] = {{")
    print("    " + ",\n    ".join(lines) + "};\n")


def value_and_gradients(name, y, **inputs):
    y.backward(noise(99, *y.shape).detach() if y.dim() else None)
    show(name, y.detach())
    for key, x in inputs.items():
        show(f"{name}_d{key}", x.grad)


print("/* Made by tests/module4_nn/golden_ops.py with PyTorch; do not edit. */")
print("#ifndef TT_TESTS_GOLDEN_OPS_H\n#define TT_TESTS_GOLDEN_OPS_H\n\n/* clang-format off */")
x, w = noise(1, 2, 2, 5, 6), noise(2, 3, 2, 2, 3)
value_and_gradients("conv2d_with", F.conv2d(x, w, None, (2, 1), (1, 2), (2, 1)), x=x, w=w)
x, w = noise(1, 2, 2, 5, 6), noise(2, 3, 2, 2, 3)
value_and_gradients("conv2d", F.conv2d(F.pad(x, (0, 2, 0, 1)), w), x=x, w=w)
x, w = noise(3, 2, 2, 7), noise(4, 3, 2, 3)
value_and_gradients("conv1d", F.conv1d(F.pad(x, (0, 2)), w), x=x, w=w)
x = noise(5, 2, 2, 4, 6)
value_and_gradients("maxpool2d", F.max_pool2d(x, (2, 3)), x=x)
x = noise(5, 2, 2, 4, 6)
value_and_gradients("avgpool2d", F.avg_pool2d(x, (2, 3)), x=x)
for name, f in (
    ("tanh", torch.tanh),
    ("leaky_relu", lambda x: F.leaky_relu(x, 0.1)),
    ("gelu", lambda x: F.gelu(x, approximate="tanh")),
):
    x = noise(6, 12)
    value_and_gradients(name, f(x), x=x)
x, y = noise(7, 3, 4), noise(8, 3, 4)
value_and_gradients("mse", F.mse_loss(x, y.detach()), x=x)
x, y = noise(7, 3, 4), noise(8, 3, 4)
y = (y / 4 + 0.5).detach()
value_and_gradients("bce", F.binary_cross_entropy_with_logits(x, y), x=x)
print("/* clang-format on */\n#endif")
