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
    ("gelu", F.gelu),
    ("gelu_tanh", lambda x: F.gelu(x, approximate="tanh")),
):
    x = noise(6, 12)
    value_and_gradients(name, f(x), x=x)
x, y = noise(7, 3, 4), noise(8, 3, 4)
value_and_gradients("mse", F.mse_loss(x, y.detach()), x=x)
x, y = noise(7, 3, 4), noise(8, 3, 4)
y = (y / 4 + 0.5).detach()
value_and_gradients("bce", F.binary_cross_entropy_with_logits(x, y), x=x)
x = noise(9, 3, 5, 2)
value_and_gradients("softmax", F.softmax(x, 1), x=x)
x = noise(9, 3, 5, 2)
value_and_gradients("log_softmax", F.log_softmax(x, 1), x=x)
x = noise(9, 3, 5, 2)
value_and_gradients("max", x.max(1, keepdim=True).values, x=x)
x = noise(10, 4, 5)
value_and_gradients("cross_entropy", F.cross_entropy(x, torch.tensor([3, 0, 4, 3])), x=x)

w, b = noise(12, 3), noise(13, 3)
mean, var = noise(14, 3).detach(), noise(15, 3).detach().abs() + 0.5
for name, x in (("norm2d", noise(11, 4, 3, 2, 2)), ("norm1d", noise(11, 5, 3))):
    w.grad = b.grad = None
    running = mean.clone(), var.clone()
    value_and_gradients(name, F.batch_norm(x, *running, w, b, True, 0.1, 1e-5), x=x, w=w, b=b)
    show(name + "_mean", running[0])
    show(name + "_var", running[1])
    x.grad = w.grad = b.grad = None
    value_and_gradients(name + "_eval", F.batch_norm(x, *running, w, b, False, 0.1, 1e-5), x=x, w=w, b=b)
table = noise(16, 5, 3)
value_and_gradients("embedding", F.embedding(torch.tensor([[3, 0, 3], [4, 3, 1]]), table), table=table)
print("/* clang-format on */\n#endif")
