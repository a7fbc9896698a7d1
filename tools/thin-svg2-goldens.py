#!/usr/bin/env python3
"""Leaves out of the goldens of Sparse VideoGen 2 what protects nothing more: tools/thin-svg2-goldens.py FOLDER NEW_FOLDER

What is left: queries, keys and values, the first centroids' rows, labels after each iteration, the centroids after the
last one, probabilities, the map of blocks, and every fifth row of the output. Of Wan's three heads one is left.
What bfloat16 kernels gave is left out, and sizes and orders, which follow from the labels. Floats are rounded to 16 bits
of mantissa (relative 1.5e-5), which pack smaller.
"""

import json
import math
import pathlib
import struct
import sys

EVERY = 5
NONE = 0x7FC5A11D  # stands for no number, see thin-goldens.py
LEFT_OUT = struct.pack("<I", NONE)
HEADS = {"wan": 1, "hunyuan": 2}
KEPT = ["q", "k", "v", "probabilities", "block_map", "out"] + [
    side + name for side in ("q_", "k_") for name in ("init_rows", "labels_1", "labels_2", "labels_4", "centroids_4")]

folder, target = map(pathlib.Path, sys.argv[1:])
target.mkdir(parents=True)
for file in sorted(folder.glob("*.safetensors")):
    content = file.read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    header, data = json.loads(content[8 : 8 + length]), content[8 + length :]
    kept, parts, at = {}, [], 0
    for name in KEPT:
        tensor = header[name]
        shape, part = tensor["shape"], data[slice(*tensor["data_offsets"])]
        heads = 1 if len(shape) > 2 and shape[0] == 1 else 0
        part = bytearray(part[: len(part) // shape[heads] * HEADS[file.stem]])
        shape[heads] = HEADS[file.stem]
        if name == "out":
            row = 4 * shape[-1]
            for i in range(math.prod(shape[:-1])):
                if i % EVERY:
                    part[i * row : (i + 1) * row] = LEFT_OUT * shape[-1]
        if tensor["dtype"] == "F32":
            words = (w if w == NONE else w + 0x7F & 0xFFFFFF00 for (w,) in struct.iter_unpack("<I", part))
            part = b"".join(struct.pack("<I", w) for w in words)
        kept[name] = {"dtype": tensor["dtype"], "shape": shape, "data_offsets": [at, at + len(part)]}
        parts.append(bytes(part))
        at += len(part)
    head = json.dumps(kept).encode()
    head += b" " * (-len(head) % 8)
    (target / file.name).write_bytes(struct.pack("<Q", len(head)) + head + b"".join(parts))
cases = json.loads((folder / "cases.json").read_text())["cases"]
names = ["case", "top_p", "min_kc_ratio", "context", "real_prompt"]
few = [{name: case[name] for name in names} | {"heads": HEADS[case["case"]],
       "density": case["density"][: HEADS[case["case"]]]} for case in cases]
(target / "cases.json").write_text(json.dumps({"cases": few}, indent=1))
