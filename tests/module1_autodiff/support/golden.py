"""Prints golden.c: values and derivatives of a few expressions by PyTorch, in double precision.

    python3 tests/module1_autodiff/support/golden.py > tests/module1_autodiff/support/golden.c
"""
import torch

CASES = [  # formula in PyTorch, the same in TinyTorch, x, y
    ("x * x * y + 10 * x",
     "tts_add(c, tts_mul(c, tts_mul(c, x, x), y), tts_mul(c, tts_num(c, 10), x))", 1.0, 2.0),
    ("torch.log(x * y) + torch.exp(x * y)",
     "tts_add(c, tts_log(c, tts_mul(c, x, y)), tts_exp(c, tts_mul(c, x, y)))", 0.7, 1.9),
    ("torch.sigmoid(x - y) / (x + y * y)",
     "tts_div(c, tts_sigmoid(c, tts_sub(c, x, y)), tts_add(c, x, tts_mul(c, y, y)))", -0.3, 1.1),
    ("torch.relu(x * y + 3) * torch.relu(-x)",
     "tts_mul(c, tts_relu(c, tts_add(c, tts_mul(c, x, y), tts_num(c, 3))),"
     " tts_relu(c, tts_neg(c, x)))", -1.7, 0.6),
    ("-torch.log(1 - torch.sigmoid(x * 2 + y))",
     "tts_neg(c, tts_log(c, tts_sub(c, tts_num(c, 1), tts_sigmoid(c, tts_add(c, "
     "tts_mul(c, x, tts_num(c, 2)), y)))))", 0.4, -2.2),
    ("1 / (x * x) + torch.exp(-y) * torch.log(x)",
     "tts_add(c, tts_inv(c, tts_mul(c, x, x)), tts_mul(c, tts_exp(c, tts_neg(c, y)), "
     "tts_log(c, x)))", 2.3, 0.9),
]

print(f"""/* Made by golden.py with PyTorch {torch.__version__}. Do not edit. */
/* clang-format off */
#include "tests/module1_autodiff/support/golden.h"
""")
for i, (_, tiny, _, _) in enumerate(CASES):
    print(f"static tt_scalar *f{i}(tt_ctx *c, tt_scalar *x, tt_scalar *y)\n{{\n    return {tiny};\n}}\n")
print("const golden_case golden_cases[GOLDEN] = {")
for i, (formula, _, x, y) in enumerate(CASES):
    tx = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    ty = torch.tensor(y, dtype=torch.float64, requires_grad=True)
    z = eval(formula, {"torch": torch, "x": tx, "y": ty})
    z.backward()
    print(f'    {{"{formula}", f{i}, {x!r}, {y!r}, {z.item()!r}, {tx.grad.item()!r}, {ty.grad.item()!r}}},')
print("};")
