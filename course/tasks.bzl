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
    {
        "id": "3.1",
        "title": "Parallel map, zip and reduce",
        "module": "module3_gpu",
        "files": ["module3_gpu/fast/parallel.c"],
        "points": 20,
        "tests": ["task3_1_test"],
    },
    {
        "id": "3.2",
        "title": "Parallel matrix products",
        "module": "module3_gpu",
        "files": ["module3_gpu/fast/parallel_matmul.c"],
        "points": 20,
        "tests": ["task3_2_test"],
    },
    {
        "id": "3.3",
        "title": "CUDA map, zip and reduce",
        "module": "module3_gpu",
        "files": [
            "module3_gpu/cuda/map.cu",
            "module3_gpu/cuda/zip.cu",
            "module3_gpu/cuda/sum_practice.cu",
            "module3_gpu/cuda/reduce.cu",
        ],
        "points": 25,
        "tests": ["task3_3_test"],
    },
    {
        "id": "3.4",
        "title": "CUDA matrix products",
        "module": "module3_gpu",
        "files": [
            "module3_gpu/cuda/matmul_practice.cu",
            "module3_gpu/cuda/matmul.cu",
        ],
        "points": 25,
        "tests": ["task3_4_test"],
    },
    {
        "id": "3.5",
        "title": "Training, fast",
        "module": "module3_gpu",
        "files": ["module3_gpu/network.c"],
        "points": 10,
        "tests": ["task3_5_test"],
    },
    {
        "id": "4.1",
        "title": "1-D convolution",
        "module": "module4_nn",
        "files": ["module4_nn/ops/conv_simple.c"],
        "points": 20,
        "tests": ["task4_1_test"],
    },
    {
        "id": "4.2",
        "title": "2-D convolution",
        "module": "module4_nn",
        "files": ["module4_nn/ops/conv_simple.c"],
        "points": 20,
        "tests": ["task4_2_test"],
    },
    {
        "id": "4.3",
        "title": "Average pooling",
        "module": "module4_nn",
        "files": ["module4_nn/ops/pool.c"],
        "points": 10,
        "tests": ["task4_3_test"],
    },
    {
        "id": "4.4",
        "title": "Maximum, softmax, dropout",
        "module": "module4_nn",
        "files": [
            "module4_nn/ops/dropout.c",
            "module4_nn/ops/max.c",
            "module4_nn/ops/pool.c",
            "module4_nn/ops/softmax.c",
            "tests/module4_nn/task4_4_learner_test.c",
        ],
        "points": 25,
        "tests": [
            "task4_4_test",
            "task4_4_learner_test",
        ],
    },
    {
        "id": "4.4b",
        "title": "Convolution on CUDA",
        "module": "module4_nn",
        "files": [
            "module4_nn/cuda/conv1d.cu",
            "module4_nn/cuda/conv2d.cu",
        ],
        "points": 15,
        "tests": ["task4_4b_test"],
    },
    {
        "id": "4.5",
        "title": "Networks with convolutions",
        "module": "module4_nn",
        "files": [
            "module4_nn/conv_layers.c",
            "module4_nn/network.c",
            "module4_nn/sentence_network.c",
        ],
        "points": 10,
        "tests": [
            "task4_5_test",
            "task4_5_sentences_test",
        ],
    },
]

# Regions that learners write for practice: no points, no suite, no row in README.md. Their programs
# are //module3_gpu/puzzles:all.
WARM_UPS = [
    {
        "id": "3.0" + letter,
        "module": "module3_gpu",
        "files": ["module3_gpu/puzzles/%s.cu" % name],
    }
    for letter, name in [
        ("a", "copy"),
        ("b", "guard"),
        ("c", "grid"),
        ("d", "shared"),
        ("e", "sum"),
        ("f", "stencil"),
        ("g", "matmul"),
        ("h", "histogram"),
    ]
]

# For grading. "learner": the tests that a task's learner writes, and their share of its points.
# "forbidden": what a submission's code may not use in a task, because it does the task's work.
# "counted": functions whose calls the task's scenario counts.
_LOOPS = [
    "tt_simple_map",
    "tt_simple_zip",
    "tt_simple_reduce",
    "tt_simple_matmul",
]

_BACKENDS = [
    "tt_backend_simple",
    "tt_backend_fast",
    "tt_backend_sim",
    "tt_backend_sim_fast",
    "tt_backend_cuda",
    "tt_backend_open",
    "tt_backend_best",
    "tti_pass_map",
    "tti_pass_zip",
    "tti_fold",
    "tti_gemm_batches",
]

_PARALLEL = [
    "tti_backend_parallel",
    "tt_parallel_map",
    "tt_parallel_zip",
    "tt_parallel_reduce",
    "tt_parallel_matmul",
]

_KERNELS = [
    "tti_sim_kernels",
    "ttk_sim_map_fast",
    "ttk_sim_zip_fast",
    "ttk_sim_fold",
    "ttk_sim_reduce_fast",
    "ttk_sim_matmul_fast",
    "ttk_sim_matmul_tf32",
]

GRADING = {
    "0.2": {"learner": {
        "file": "tests/module0_operators/task0_2_learner_test.c",
        "share": 1.0,
    }},
    "0.3": {"learner": {
        "file": "tests/module0_operators/task0_3_learner_test.c",
        "share": 0.2,
    }},
    "1.4": {"forbidden": [
        "tt_central_difference",
        "tts_check_derivative",
    ]},
    "2.4": {"forbidden": [
        "tt_check_gradient",
        "tt_check_gradient_of",
    ]},
    "3.1": {
        "counted": [
            "tt_index_to_position",
            "tt_to_index",
        ],
        "forbidden": _LOOPS + _BACKENDS + ["tti_backend_parallel"],
    },
    "3.2": {"forbidden": _LOOPS + _BACKENDS + ["tti_backend_parallel"]},
    "3.3": {"forbidden": _LOOPS + _BACKENDS + _PARALLEL + _KERNELS},
    "3.4": {"forbidden": _LOOPS + _BACKENDS + _PARALLEL + _KERNELS},
    "4.1": {"forbidden": [
        "tti_nn_backend",
        "tti_nn_simple",
        "tti_simple_conv2d_window",
        "tt_conv1d",
        "tt_conv2d",
        "tt_conv2d_with",
        "tt_matmul",
    ]},
    "4.2": {"forbidden": [
        "tti_nn_backend",
        "tti_nn_simple",
        "tti_simple_conv2d_window",
        "tt_conv1d",
        "tt_conv2d",
        "tt_conv2d_with",
        "tt_matmul",
    ]},
    "4.4": {"learner": {
        "file": "tests/module4_nn/task4_4_learner_test.c",
        "share": 0.2,
    }},
}
