#!/usr/bin/env python3
"""The library for programs that are not built by Bazel: `./bazelw run //:install -- --prefix DIR`.

    DIR/include/tinytorch/     tinytorch.h and what it includes
    DIR/lib/                   libtinytorch.a, libtinytorch.so, pkgconfig/tinytorch.pc, cmake/tinytorch/

Then, with DIR/lib/pkgconfig in PKG_CONFIG_PATH:

    cc train.c $(pkg-config --cflags --libs tinytorch)

Only names that begin with tt are exported. A file is replaced as a whole or not at all.
"""

import argparse
import os
import re
import sys
import tempfile
from pathlib import Path

# What users include: tinytorch.h, and for kernels of their own the door of module 3.
PUBLIC = ["tinytorch.h", "module3_gpu/cuda/launch.h", "module3_gpu/cuda/operator.h"]
SHARED = "libtinytorch.so.0"

PKG_CONFIG = """\
prefix={prefix}
libdir=${{prefix}}/lib
includedir=${{prefix}}/include/tinytorch

Name: TinyTorch
Description: A small deep-learning framework in C
Version: {version}
Cflags: -I${{includedir}}
Libs: -L${{libdir}} -Wl,-rpath,${{libdir}} -ltinytorch
Libs.private: {libraries}
"""

# Found from where it stands, so that the folder can be moved.
CMAKE = """\
get_filename_component(_tinytorch "${{CMAKE_CURRENT_LIST_DIR}}/../../.." ABSOLUTE)
foreach(_kind shared static)
  if(NOT TARGET tinytorch::${{_kind}})
    string(TOUPPER ${{_kind}} _word)
    add_library(tinytorch::${{_kind}} ${{_word}} IMPORTED)
    set_target_properties(tinytorch::${{_kind}} PROPERTIES
      INTERFACE_INCLUDE_DIRECTORIES "${{_tinytorch}}/include/tinytorch")
  endif()
endforeach()
set_target_properties(tinytorch::shared PROPERTIES
  IMPORTED_LOCATION "${{_tinytorch}}/lib/{shared}" IMPORTED_SONAME "{shared}")
set_target_properties(tinytorch::static PROPERTIES
  IMPORTED_LOCATION "${{_tinytorch}}/lib/libtinytorch.a"
  INTERFACE_LINK_LIBRARIES "{libraries}")
if(NOT TARGET tinytorch::tinytorch)
  add_library(tinytorch::tinytorch INTERFACE IMPORTED)
  set_target_properties(tinytorch::tinytorch PROPERTIES INTERFACE_LINK_LIBRARIES tinytorch::shared)
endif()
"""

# Version 0.N promises nothing to programs made for another N.
CMAKE_VERSION = """\
set(PACKAGE_VERSION "{version}")
if(PACKAGE_FIND_VERSION VERSION_EQUAL PACKAGE_VERSION)
  set(PACKAGE_VERSION_EXACT TRUE)
endif()
if(NOT PACKAGE_FIND_VERSION VERSION_GREATER PACKAGE_VERSION
   AND PACKAGE_FIND_VERSION_MAJOR EQUAL {major} AND PACKAGE_FIND_VERSION_MINOR EQUAL {minor})
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
endif()
"""


def included(root, headers):
    """The headers, and all of the project's that they include."""
    found = {}
    todo = list(headers)
    while todo:
        header = todo.pop()
        if header not in found:
            found[header] = (root / header).read_bytes()
            for name in re.findall(r'^\s*#\s*include "([^"]+)"', found[header].decode(), re.M):
                beside = os.path.join(os.path.dirname(header), name)
                todo.append(beside if (root / beside).exists() else name)
    return found


def contents(root, made, prefix):
    """{path below prefix: bytes, or the link's goal as str}."""
    version = re.search(r'version = "([\d.]+)"', (root / "MODULE.bazel").read_text())[1]
    major, minor, *_ = version.split(".")
    libraries = (made / "libraries").read_text().strip()
    values = {"prefix": prefix, "version": version, "major": major, "minor": minor, "shared": SHARED}
    files = {f"include/tinytorch/{name}": text for name, text in included(root, PUBLIC).items()}
    for name in ("libtinytorch.a", SHARED):
        files[f"lib/{name}"] = (made / name).read_bytes()
    files["lib/libtinytorch.so"] = SHARED
    files["lib/pkgconfig/tinytorch.pc"] = PKG_CONFIG.format(libraries=libraries, **values).encode()
    cmake = CMAKE.format(libraries=libraries.replace(" ", ";"), **values)
    files["lib/cmake/tinytorch/tinytorch-config.cmake"] = cmake.encode()
    files["lib/cmake/tinytorch/tinytorch-config-version.cmake"] = CMAKE_VERSION.format(**values).encode()
    return files


def put(path, content):
    """Writes a file, or a link where content is its goal, under another name first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".tinytorch.", dir=path.parent) as folder:
        new = Path(folder, path.name)
        if isinstance(content, str):
            new.symlink_to(content)
        else:
            new.write_bytes(content)
            new.chmod(0o755 if path.name == SHARED else 0o644)
        os.replace(new, path)


def main():
    arguments = argparse.ArgumentParser(
        prog="./bazelw run //:install --", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--prefix", required=True, metavar="DIR", help="such as /usr/local or ~/.local")
    arguments.add_argument("--destdir", default="", metavar="DIR",
                           help="put in front of everything that is written, for packages")
    given = arguments.parse_args()
    here = Path(os.environ.get("BUILD_WORKING_DIRECTORY", "."))
    prefix = (here / Path(given.prefix).expanduser()).resolve()
    if re.search(r"[\s$'\"\\;]", str(prefix)):
        sys.exit(f"install: pkg-config cannot name a folder with spaces, quotes, $ or ;: {prefix}")
    below = (here / given.destdir).resolve() / prefix.relative_to("/") if given.destdir else prefix

    root = Path.cwd()  # Bazel's runfiles: the tree's files by their own names
    try:
        for name, content in sorted(contents(root, root / "install_files", prefix).items()):
            put(below / name, content)
            print(f"wrote {below / name}")
    except OSError as error:
        sys.exit(f"install: {error.strerror}: {error.filename}")
    print(f"\nexport PKG_CONFIG_PATH={below}/lib/pkgconfig"
          "\ncc program.c $(pkg-config --cflags --libs tinytorch)")


if __name__ == "__main__":
    main()
