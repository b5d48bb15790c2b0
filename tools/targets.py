"""The targets of this tree, by reading its BUILD files: they are Python, near enough.

Every rule is a function that notes its name; macros of .bzl files are called as they are.
"""

from pathlib import Path


class _Anything(list):
    """Stands for what only Bazel knows: a rule, which notes its target's name, or an empty list."""

    def __init__(self, names):
        super().__init__()
        self._names = names

    def __call__(self, *args, name=None, **kwargs):
        if isinstance(name, str):
            self._names.add(name)
        return self

    def __getattr__(self, attribute):
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return self


class _Package(dict):
    """The global names of a BUILD or .bzl file; those it does not define are _Anything."""

    def __init__(self, root, folder, names, home=None):
        super().__init__(load=self._load, glob=self._glob)
        self.root, self.folder, self.names = Path(root), folder, names
        self.home = folder if home is None else home  # of the file itself, for load(":x.bzl")
        self["native"] = _Native(self)

    def __missing__(self, name):
        builtins = __builtins__ if isinstance(__builtins__, dict) else vars(__builtins__)
        return builtins[name] if name in builtins else _Anything(self.names)

    def _load(self, label, *symbols, **renamed):
        if label.startswith("@"):
            return
        home, _, file = label.rpartition(":")
        home = home.removeprefix("//") if home else self.home
        path = self.root / home / file
        loaded = _Package(self.root, self.folder, self.names, home)
        exec(compile(path.read_text(), path, "exec"), loaded)
        self.update({symbol: loaded[symbol] for symbol in symbols})
        self.update({new: loaded[old] for new, old in renamed.items()})

    def _glob(self, include, exclude=(), **_):
        folder = self.root / self.folder
        find = lambda patterns: {path for pattern in patterns for path in folder.glob(pattern)}
        return sorted(str(path.relative_to(folder)) for path in find(include) - find(exclude))


class _Native:
    def __init__(self, package):
        self._package = package

    def __getattr__(self, name):
        return self._package[name]


def labels(root):
    """"package:name" of every rule."""
    found = set()
    for path in sorted(Path(root).rglob("BUILD")):
        folder = str(path.parent.relative_to(root)).removeprefix(".")
        if folder.startswith(("bazel-", "tools/shims")):
            continue
        names = set()
        exec(compile(path.read_text(), path, "exec"), _Package(root, folder, names))
        found |= {f"{folder}:{name}" for name in names}
    return found


def exists(found, label):
    """Whether a command may name it: //a:b, //a (which is //a:a), //a/... and //... ."""
    package, _, name = label.removeprefix("//").partition(":")
    if package.endswith("..."):
        return any(known.startswith(package.removesuffix("...").rstrip("/")) for known in found)
    return f"{package}:{name or package.rsplit('/', 1)[-1]}" in found or name == "all"
