"""@tt_cuda: is there an nvcc, and where? Looked for once; looks again when the variables change.

    TT_CUDA=off       as on a machine without nvcc
    TT_CUDA=required  no nvcc is an error (--config=cuda)
    CUDA_PATH         where the toolkit is; else nvcc of PATH, else /usr/local/cuda

@tt_cuda//:defs.bzl says HAVE_CUDA, NVCC, ARCHS (flags) and LINKOPTS. A toolkit that cannot compile
an empty file (its compiler refuses this gcc, say) counts as none, with a line that says why.
"""

_DEFS = """\
\"\"\"What tools/cuda_repository.bzl found: {found}\"\"\"

HAVE_CUDA = {have}
NVCC = "{nvcc}"
ARCHS = {archs}
LINKOPTS = {linkopts}
"""

def _find_nvcc(ctx):
    places = [ctx.path(ctx.os.environ["CUDA_PATH"] + "/bin/nvcc")] if "CUDA_PATH" in ctx.os.environ else [
        ctx.which("nvcc"),
        ctx.path("/usr/local/cuda/bin/nvcc"),
    ]
    for place in places:
        if place and place.exists:
            return place.realpath
    return None

def _library_folder(ctx, nvcc):
    """Where libcudart_static.a is, beside nvcc or where Debian's package puts it."""
    home = nvcc.dirname.dirname
    cpu = ctx.execute(["uname", "-m"]).stdout.strip()
    for folder in [
        "%s/lib64" % home,
        "%s/targets/%s-linux/lib" % (home, cpu),
        "%s/targets/sbsa-linux/lib" % home,
        "%s/lib" % home,
        "/usr/lib/%s-linux-gnu" % cpu,
    ]:
        if ctx.path(folder + "/libcudart_static.a").exists:
            return folder
    return None

def _archs(ctx):
    """PTX that every card since 2018 can translate for itself; and code for this machine's own."""
    archs = ["-gencode=arch=compute_75,code=compute_75"]
    smi = ctx.which("nvidia-smi")
    if smi:
        answer = ctx.execute([smi, "--query-gpu=compute_cap", "--format=csv,noheader"], timeout = 20)
        numbers = answer.stdout.split("\n")[0].strip().replace(".", "") if answer.return_code == 0 else ""
        if numbers.isdigit():
            archs.append("-gencode=arch=compute_%s,code=sm_%s" % (numbers, numbers))
    return archs

def _try(ctx, nvcc, archs):
    ctx.file("empty.cu", "__global__ void empty() {}\n")
    return ctx.execute([nvcc, "-c", "empty.cu", "-o", "empty.o"] + archs, timeout = 120)

def _look(ctx):
    if ctx.os.environ.get("TT_CUDA", "") == "off":
        return None, "switched off by TT_CUDA=off", [], None
    nvcc = _find_nvcc(ctx)
    if not nvcc:
        return None, "no nvcc", [], None
    libraries = _library_folder(ctx, nvcc)
    if not libraries:
        return None, "%s, but no libcudart_static.a" % nvcc, [], None
    archs = _archs(ctx)
    tried = _try(ctx, nvcc, archs)
    if tried.return_code:
        return None, "%s does not compile an empty file: %s" % (nvcc, tried.stderr.split("\n")[0]), [], None
    return nvcc, str(nvcc), archs, libraries

def _cuda_repository_impl(ctx):
    nvcc, found, archs, libraries = _look(ctx)
    if not nvcc and ctx.os.environ.get("TT_CUDA", "") == "required":
        fail("TT_CUDA=required, but there is no CUDA: " + found)
    if "compile" in found:
        # buildifier: disable=print
        print("building without CUDA: " + found)
    ctx.file("BUILD", 'exports_files(["defs.bzl"])\n')
    ctx.file("defs.bzl", _DEFS.format(
        have = nvcc != None,
        found = found.replace('"', "'").replace("\\", "/"),
        nvcc = nvcc or "",
        archs = archs,
        linkopts = [
            "-L%s" % libraries,
            "-lcudart_static",
            "-lstdc++",
            "-ldl",
            "-lrt",
            "-lpthread",
        ] if nvcc else [],
    ))

cuda_repository = repository_rule(
    implementation = _cuda_repository_impl,
    configure = True,
    environ = [
        "CUDA_PATH",
        "PATH",
        "TT_CUDA",
    ],
    local = True,
)
