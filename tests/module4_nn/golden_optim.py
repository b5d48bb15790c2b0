#!/usr/bin/env python3
"""Makes support/golden_optim.h: what PyTorch's optimisers make of three numbers in six steps.

    python3 tests/module4_nn/golden_optim.py > tests/module4_nn/support/golden_optim.h

The gradient of step t at number i is sin(3 t + i) p[i] + cos(i), so that it depends on the numbers.
"""
import math

import torch

STEPS, START = 6, [0.5, -1.25, 2.385]
CASES = {
    "plain": lambda p: torch.optim.SGD(p, lr=0.1),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.05),
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.8, nesterov=True),
    "adam": lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1),
    "adam_default": lambda p: torch.optim.Adam(p),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=0.2),
}

print("/* Made by tests/module4_nn/golden_optim.py with PyTorch; do not edit. */")
print("#ifndef TT_TESTS_GOLDEN_OPTIM_H\n#define TT_TESTS_GOLDEN_OPTIM_H\n\n/* clang-format off */")
for name, make in CASES.items():
    p = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optim = make([p])
    print(f"static const double golden_{name}[{STEPS}][3] = {{")
    for t in range(STEPS):
        wave = torch.tensor([math.sin(3 * t + i) for i in range(3)], dtype=torch.float64)
        rest = torch.tensor([math.cos(i) for i in range(3)], dtype=torch.float64)
        p.grad = wave * p.detach() + rest
        optim.step()
        print("    {" + ", ".join(f"{v:.12g}" for v in p.tolist()) + "},")
    print("};\n")
print("/* clang-format on */\n#endif")
