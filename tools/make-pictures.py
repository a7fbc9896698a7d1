#!/usr/bin/env python3
"""Makes the pictures that PicturesTest reads: tools/make-pictures.py FOLDER/pictures, then
tools/pack-goldens.py FOLDER/pictures testkit/src/main/resources/goldens

Needs Pillow 12.3.0 (pip install pillow==12.3.0), and cjpeg and jpegtran of libjpeg-turbo. What Pillow cannot write
(interlaced PNG, BMP of 16 bits, planar TIFF and so on) is written here byte by byte; it is always Pillow that reads.
values.bin.gz then holds what diffusers' load_image would give: ImageOps.exif_transpose, then convert("RGB"). For each
picture: its name's length and name, width and height (big-endian, 2 bytes each), and red green blue of its pixels.
"""

import gzip
import pathlib
import struct
import sys

import PIL
from PIL import Image, ImageOps

from pictures import bmp, gif, jpeg, png, tiff, webp


def main(out):
    out.mkdir(parents=True, exist_ok=True)
    for old in out.iterdir():
        old.unlink()
    names = []

    def keep(name, data):
        (out / name).write_bytes(data)
        names.append(name)

    for kind in (png, jpeg, gif, bmp, tiff, webp):
        kind.make(keep)
    packed_values, bad = b"", []
    for name in names:
        try:
            with Image.open(out / name) as image:
                seen = ImageOps.exif_transpose(image).convert("RGB")
        except Exception as problem:  # what Pillow refuses is no picture to compare with
            bad.append(f"{name}: {problem}")
            (out / name).unlink()
            continue
        packed_values += bytes([len(name)]) + name.encode() + struct.pack(">HH", *seen.size) + seen.tobytes()
    (out / "values.bin.gz").write_bytes(gzip.compress(packed_values, 9, mtime=0))
    total = sum(f.stat().st_size for f in out.iterdir())
    print(f"Pillow {PIL.__version__}: {len(names) - len(bad)} pictures, {total} bytes with their values")
    print("\n".join(bad))


main(pathlib.Path(sys.argv[1]))
