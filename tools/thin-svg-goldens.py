#!/usr/bin/env python3
"""Leaves out most queries of the goldens of Sparse VideoGen, which are random numbers and do not pack:
tools/thin-svg-goldens.py FOLDER NEW_FOLDER

Masks stay whole, and so do keys and values of some heads: of each family a spatial and a temporal one, which are two
branches of guidance in CogVideoX, and of Wan one without structure. Of queries and outputs it keeps the sampled rows and
every 11th other one: of all frames, and since frames have 256 tokens, of all places. "rows" says which. What was thinned
before loses heads alone.
"""

import json
import math
import pathlib
import shutil
import struct
import sys

EVERY = 11
HEADS = {"cog": 1, "hunyuan": 2, "wan": 3}  # the first ones
DTYPES = {"BF16": 2, "F32": 4, "I64": 8}


def read(file):
    content = file.read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8 : 8 + length])
    data = content[8 + length :]
    return {name: (t["dtype"], t["shape"], data[slice(*t["data_offsets"])])
            for name, t in header.items() if name != "__metadata__"}


def write(file, tensors):
    header, at = {}, 0
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + len(data)]}
        at += len(data)
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    file.write_bytes(struct.pack("<Q", len(head)) + head + b"".join(data for _, _, data in tensors.values()))


def kept(tensor, rows):
    dtype, (batch, heads, tokens, dim), data = tensor
    row = dim * DTYPES[dtype]
    parts = (data[(head * tokens + i) * row :][:row] for head in range(batch * heads) for i in rows)
    return dtype, [batch, heads, len(rows), dim], b"".join(parts)


def of_heads(tensor, axis, count):
    """The first heads, which are that dimension."""
    dtype, shape, data = tensor
    head = DTYPES[dtype] * math.prod(shape[axis + 1 :])
    parts = (data[i * shape[axis] * head :][: count * head] for i in range(math.prod(shape[:axis])))
    return dtype, [*shape[:axis], count, *shape[axis + 1 :]], b"".join(parts)


folder, target = map(pathlib.Path, sys.argv[1:])
target.mkdir(parents=True)
for file in sorted(folder.iterdir()):
    tensors = read(file) if file.suffix == ".safetensors" else {}
    if file.name == "cases.json":
        content = json.loads(file.read_text())
        for case in content["cases"]:
            case["heads"] = HEADS[case["case"]]
        (target / file.name).write_text(json.dumps(content, indent=1))
        continue
    if "q" not in tensors:
        shutil.copyfile(file, target / file.name)
        continue
    for name, axis in {"q": 1, "k": 1, "v": 1, "out": 1, "mse": 2, "best_mask_idx": 1}.items():
        tensors[name] = of_heads(tensors[name], axis, HEADS[file.stem])
    if "rows" in tensors:  # was thinned before
        write(target / file.name, tensors)
        continue
    sampled = struct.unpack(f"<{tensors['sampled_rows'][1][0]}q", tensors["sampled_rows"][2])
    rows = sorted({*sampled, *range(0, tensors["q"][1][2], EVERY)})
    tensors.update(q=kept(tensors["q"], rows), out=kept(tensors["out"], rows),
                   rows=("I64", [len(rows)], struct.pack(f"<{len(rows)}q", *rows)))
    write(target / file.name, tensors)
