"""The registry of tasks: id, title, module, the files that hold its regions, points, test files.

Plain literals, read by BUILD files (load) and by Python programs (exec). A test file is named
without its folder and its .c: tests/<module>/<test>.c. Each module has 100 points.
"""

TASKS = [
    {
        "id": "0.1",
        "title": "Operators",
        "module": "module0_operators",
        "files": ["module0_operators/formulas.h"],
        "points": 30,
        "tests": ["task0_1_test"],
    },
    {
        "id": "0.2",
        "title": "Property tests",
        "module": "module0_operators",
        "files": ["tests/module0_operators/task0_2_learner_test.c"],
        "points": 10,
        "tests": ["task0_2_learner_test"],
    },
    {
        "id": "0.3",
        "title": "Functions on functions",
        "module": "module0_operators",
        "files": [
            "module0_operators/functional.c",
            "tests/module0_operators/task0_3_learner_test.c",
        ],
        "points": 25,
        "tests": [
            "task0_3_test",
            "task0_3_learner_test",
        ],
    },
    {
        "id": "0.4",
        "title": "Modules and parameters",
        "module": "module0_operators",
        "files": ["module0_operators/module.c"],
        "points": 25,
        "tests": ["task0_4_test"],
    },
    {
        "id": "0.5",
        "title": "A linear model by hand",
        "module": "module0_operators",
        "files": ["module0_operators/manual.c"],
        "points": 10,
        "tests": ["task0_5_test"],
    },
    {
        "id": "1.1",
        "title": "Numerical derivatives",
        "module": "module1_autodiff",
        "files": ["module1_autodiff/derivative.c"],
        "points": 15,
        "tests": ["task1_1_test"],
    },
    {
        "id": "1.2",
        "title": "Scalars with a history",
        "module": "module1_autodiff",
        "files": [
            "module1_autodiff/scalar.c",
            "module1_autodiff/scalar_functions.c",
        ],
        "points": 25,
        "tests": ["task1_2_test"],
    },
    {
        "id": "1.3",
        "title": "The chain rule",
        "module": "module1_autodiff",
        "files": ["module1_autodiff/scalar.c"],
        "points": 20,
        "tests": ["task1_3_test"],
    },
    {
        "id": "1.4",
        "title": "Backpropagation",
        "module": "module1_autodiff",
        "files": [
            "module1_autodiff/graph.c",
            "module1_autodiff/scalar_functions.c",
        ],
        "points": 30,
        "tests": ["task1_4_test"],
    },
    {
        "id": "1.5",
        "title": "Training on scalars",
        "module": "module1_autodiff",
        "files": ["module1_autodiff/network.c"],
        "points": 10,
        "tests": ["task1_5_test"],
    },
    {
        "id": "2.1",
        "title": "Tensor data",
        "module": "module2_tensors",
        "files": ["module2_tensors/shape.c"],
        "points": 20,
        "tests": ["task2_1_test"],
    },
    {
        "id": "2.2",
        "title": "Broadcasting",
        "module": "module2_tensors",
        "files": ["module2_tensors/shape.c"],
        "points": 20,
        "tests": ["task2_2_test"],
    },
    {
        "id": "2.3",
        "title": "Tensor operations",
        "module": "module2_tensors",
        "files": [
            "module2_tensors/simple_backend.c",
            "module2_tensors/tensor_functions.c",
            "module2_tensors/tensor_math.c",
        ],
        "points": 25,
        "tests": ["task2_3_test"],
    },
    {
        "id": "2.4",
        "title": "Tensor gradients",
        "module": "module2_tensors",
        "files": ["module2_tensors/tensor_functions.c"],
        "points": 25,
        "tests": ["task2_4_test"],
    },
    {
        "id": "2.5",
        "title": "Training on tensors",
        "module": "module2_tensors",
        "files": ["module2_tensors/network.c"],
        "points": 10,
        "tests": ["task2_5_test"],
    },
]
