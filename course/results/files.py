"""Files are written under another name first: the whole file is there, or the old one."""

import os


def write(path, content):
    """content: text or bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    os.replace(new, path)
