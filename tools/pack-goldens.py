#!/usr/bin/env python3
"""Packs a folder of goldens for the tests: tools/pack-goldens.py FOLDER testkit/src/main/resources/goldens

Safetensors are stored as NAME.planes: every fourth byte first, then those behind them, and so on. Exponents of
floats, which resemble each other, then stand together, and the zip is a sixth smaller. Goldens.java undoes it.
A file that is smaller as it is, such as one of few different numbers, stays so. Files of torch, which are zips of
their own, are stored that way too: JaCoCo looks into zips in zips, and not all of torch's are to its liking.
"""

import pathlib
import sys
import zipfile
import zlib

folder, target = map(pathlib.Path, sys.argv[1:])
with zipfile.ZipFile(target / f"{folder.name}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        name, content = file.relative_to(folder.parent).as_posix(), file.read_bytes()
        if name.endswith((".safetensors", ".pth")):
            planes = b"".join(content[i::4] for i in range(4))
            if name.endswith(".pth") or len(zlib.compress(planes, 9)) < len(zlib.compress(content, 9)):
                name, content = name + ".planes", planes
        entry = zipfile.ZipInfo(name)  # its date is the same each time
        entry.compress_type = zipfile.ZIP_DEFLATED
        packed.writestr(entry, content, compresslevel=9)
