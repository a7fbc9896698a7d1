#!/usr/bin/env python3
"""Leaves most rows out of outputs in a file of goldens, which do not pack: tools/thin-goldens.py FILE TENSOR...

Of each F32 tensor it keeps every fifth row, by its last dimension: of all channels and frames, and since heights are
no multiples of five, of all places. The others become a number that stands for none, which packs to nothing; Errors.java
passes over it. Inputs and weights must stay whole.
"""

import json
import pathlib
import struct
import sys

EVERY = 5
LEFT_OUT = struct.pack("<I", 0x7FC5A11D)

file, names = pathlib.Path(sys.argv[1]), sys.argv[2:]
content = bytearray(file.read_bytes())
length = struct.unpack("<Q", content[:8])[0]
header = json.loads(content[8 : 8 + length])
for name in names:
    tensor = header[name]
    if tensor["dtype"] != "F32":
        sys.exit(f"{file}: {name} is {tensor['dtype']}, expected F32")
    begin, end = (8 + length + offset for offset in tensor["data_offsets"])
    width = 4 * tensor["shape"][-1]
    for row, at in enumerate(range(begin, end, width)):
        if row % EVERY:
            content[at : at + width] = LEFT_OUT * tensor["shape"][-1]
file.write_bytes(content)
