#!/usr/bin/env python3
"""A second reader of checkpoints, written from the format's description alone: checks the file as
Python's safetensors does, and computes an mlp's test accuracy from its weights.

    safetensors_reader.py make FOLDER          IDX files and images to train and to be shown
    safetensors_reader.py accuracy FILE FOLDER prints "RIGHT/TOTAL" of the test set
"""

import json
import random
import struct
import sys
import zlib
from pathlib import Path

SIDE, TRAIN, TEST = 6, 200, 60
BYTES = {"F32": 4, "I64": 8}


def read(path):
    """(tensors: name -> (dtype, shape, numbers), notes)"""
    raw = Path(path).read_bytes()
    (length,) = struct.unpack_from("<Q", raw)
    header = json.loads(raw[8 : 8 + length].decode("utf-8"))
    data = raw[8 + length :]
    notes = header.pop("__metadata__", {})
    assert all(type(text) is str for text in notes.values()), "notes are texts"
    at, tensors = 0, {}
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, end = entry["data_offsets"]
        assert set(entry) == {"dtype", "shape", "data_offsets"}, entry
        assert begin == at, f"{name}: a hole or an overlap at {begin}"
        count = 1
        for size in entry["shape"]:
            count *= size
        assert end - begin == count * BYTES[entry["dtype"]], f"{name}: {entry}"
        form = {"F32": "f", "I64": "q"}[entry["dtype"]]
        tensors[name] = entry["dtype"], entry["shape"], struct.unpack(f"<{count}{form}", data[begin:end])
        at = end
    assert at == len(data), f"{len(data) - at} bytes too many"
    return tensors, notes


def images(seed, n):
    """Noise with a bright row, whose number is the label."""
    dice = random.Random(seed)
    labels = [dice.randrange(SIDE) for _ in range(n)]
    pixels = [[dice.randrange(100) + (150 if i // SIDE == label else 0) for i in range(SIDE * SIDE)] for label in labels]
    return pixels, labels


def png(pixels):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes(pixels[i : i + SIDE]) for i in range(0, SIDE * SIDE, SIDE))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def make(folder):
    for part, seed, n in (("train", 1, TRAIN), ("t10k", 2, TEST)):
        pixels, labels = images(seed, n)
        data = b"".join(map(bytes, pixels))
        (folder / f"{part}-images-idx3-ubyte").write_bytes(struct.pack(">IIII", 0x803, n, SIDE, SIDE) + data)
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">II", 0x801, n) + bytes(labels))
    for i, (image, label) in enumerate(zip(*images(2, 3))):
        (folder / f"{i}.png").write_bytes(png(image))
        (folder / f"{i}.label").write_text(f"{label}\n")


def layer(x, weight, bias):
    """x (in,) weight (in, out) + bias (out,)"""
    (_, (n, m), w), (_, _, b) = weight, bias
    return [b[j] + sum(x[i] * w[i * m + j] for i in range(n)) for j in range(m)]


def accuracy(path):
    tensors, notes = read(path)
    assert notes["model"] == "mlp" and notes["checkpoint"] == "1", notes
    right = 0
    for pixels, label in zip(*images(2, TEST)):
        hidden = layer([p / 255 for p in pixels], tensors["fc1.weight"], tensors["fc1.bias"])
        scores = layer([max(h, 0.0) for h in hidden], tensors["fc2.weight"], tensors["fc2.bias"])
        right += scores.index(max(scores)) == label
    return f"{right}/{TEST}"


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(Path(sys.argv[2]))
    else:
        print(accuracy(sys.argv[2]))
