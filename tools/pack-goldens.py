#!/usr/bin/env python3
"""Packs a folder of goldens for the tests: tools/pack-goldens.py FOLDER testkit/src/main/resources/goldens

Safetensors are stored as NAME.planes: every fourth byte first, then those behind them, and so on. Exponents of
floats, which resemble each other, then stand together, and the zip is a sixth smaller. Goldens.java undoes it.
A file that is smaller as it is, such as one of few different numbers, stays so. Files of torch, which are zips of
their own, are stored that way too: JaCoCo looks into zips in zips, and not all of torch's are to its liking.

A file that an earlier zip has stands there alone: NAME.as names it. Models of SentencePiece that differ only in the
paths where they were trained are the same.
"""

import pathlib
import sys
import zipfile
import zlib

SMALLEST_SHARED = 1 << 10


def contents(folder):
    files = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        name, content = file.relative_to(folder.parent).as_posix(), file.read_bytes()
        if name.endswith((".safetensors", ".pth")):
            planes = b"".join(content[i::4] for i in range(4))
            if name.endswith(".pth") or len(zlib.compress(planes, 9)) < len(zlib.compress(content, 9)):
                name, content = name + ".planes", planes
        files[name] = content
    return files


def essence(name, content):
    """What makes two files the same."""
    kind = name.rpartition("/")[2]
    if kind == "spiece.model":
        return kind, content[: content.index(b"/tmp/") - 16], content[content.index(b"nmt_nfkc") :]
    return name.endswith(".planes"), content


def main(folder, target):
    stored, whole = {}, {}
    for file in sorted(target.glob("*.zip")):
        with zipfile.ZipFile(file) as packed:
            stored[file.stem] = {name: packed.read(name) for name in packed.namelist()}
        whole.update((name, content) for name, content in stored[file.stem].items() if not name.endswith(".as"))
    for files in stored.values():
        for name in [name for name in files if name.endswith(".as")]:
            at = files.pop(name).decode()
            files[name.removesuffix(".as") + ".planes" * at.endswith(".planes")] = whole[at]
    stored[folder.name] = contents(folder)
    seen = {}
    for golden, files in sorted(stored.items()):
        with zipfile.ZipFile(target / f"{golden}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
            for name, content in sorted(files.items()):
                first = seen.setdefault(essence(name, content), name) if len(content) >= SMALLEST_SHARED else name
                if not first.startswith(golden + "/"):
                    name, content = name.removesuffix(".planes") + ".as", first.encode()
                entry = zipfile.ZipInfo(name)  # its date is the same each time
                entry.compress_type = zipfile.ZIP_DEFLATED
                packed.writestr(entry, content, compresslevel=9)


main(*map(pathlib.Path, sys.argv[1:]))
