"""TIFF."""

import struct
import zlib

from .drawn import CMYK, GREY, H, LA, RGB, RGBA, W, packed, palette, saved
from .told import profile, xmp


def tiff(order, tags, strips, *others):
    """tags: number to (type, values); strips: the picture's parts."""
    sizes = {1: 1, 2: 1, 3: 2, 4: 4, 7: 1}
    marks = {1: "B", 2: "B", 3: "H", 4: "I", 7: "B"}
    tags = dict(tags)
    tiles = 322 in tags
    tags[325 if tiles else 279] = (4, [len(s) for s in strips])
    tags[324 if tiles else 273] = (4, [0] * len(strips))
    at = 8 + 2 + 12 * len(tags) + 4
    extra_at, extras = at, b""
    total = sum(len(v) * sizes[t] + len(v) * sizes[t] % 2 for t, v in tags.values() if len(v) * sizes[t] > 4)
    offset = at + total
    tags[324 if tiles else 273] = (4, [offset + sum(map(len, strips[:i])) for i in range(len(strips))])
    entries = b""
    for number, (kind, values) in sorted(tags.items()):
        data = struct.pack(f"{order}{len(values)}{marks[kind]}", *values)
        if len(data) > 4:
            entries += struct.pack(order + "HHII", number, kind, len(values), extra_at + len(extras))
            extras += data + bytes(len(data) % 2)
        else:
            entries += struct.pack(order + "HHI", number, kind, len(values)) + data.ljust(4, b"\0")
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
    return head + struct.pack(order + "H", len(tags)) + entries + bytes(4) + extras + b"".join(strips)


def layout(photometric, bits, samples, rows=H, **more):
    base = {256: (3, [W]), 257: (3, [H]), 258: (3, [bits] * samples), 259: (3, [1]), 262: (3, [photometric]),
            277: (3, [samples]), 278: (3, [rows])}
    return base | {int(k[1:]): v for k, v in more.items()}


def make(keep):
    """Hands each picture to keep(name, bytes)."""
    for name in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"):
        how = {} if name == "raw" else {"compression": name}
        keep(f"rgb-{name.replace('tiff_', '')}.tif", saved(RGB, "TIFF", **how))
    keep("rgb-lzw-predictor.tif", saved(RGB, "TIFF", compression="tiff_lzw", tiffinfo={317: 2}))
    keep("group4.tif", saved(RGB.convert("1"), "TIFF", compression="group4"))
    keep("group3.tif", saved(RGB.convert("1"), "TIFF", compression="group3"))
    keep("one-bit.tif", saved(RGB.convert("1"), "TIFF"))
    keep("grey.tif", saved(GREY, "TIFF"))
    keep("grey-alpha.tif", saved(LA, "TIFF"))
    keep("palette.tif", saved(RGB.quantize(40), "TIFF"))
    keep("palette-lzw.tif", saved(RGB.quantize(40), "TIFF", compression="tiff_lzw"))
    keep("rgba.tif", saved(RGBA, "TIFF"))
    keep("cmyk.tif", saved(CMYK, "TIFF"))
    keep("cmyk-lzw.tif", saved(CMYK, "TIFF", compression="tiff_lzw"))
    keep("profile.tif", saved(RGB, "TIFF", icc_profile=profile()))
    keep("profile-cmyk.tif", saved(CMYK, "TIFF", icc_profile=profile()))
    keep("two-pages.tif", saved(RGB, "TIFF", save_all=True, append_images=[GREY]))
    keep("jpeg.tif", saved(RGB, "TIFF", compression="jpeg", quality=92))
    keep("jpeg-grey.tif", saved(GREY, "TIFF", compression="jpeg", quality=92))
    for code in range(2, 9):
        keep(f"orientation{code}.tif", saved(GREY if code % 2 else RGB, "TIFF", tiffinfo={274: code}, compression="tiff_lzw"))
    keep("xmp6.tif", saved(RGB, "TIFF", tiffinfo={700: xmp(6)}))
    data = GREY.tobytes()
    rows = [data[W * y : W * (y + 1)] for y in range(H)]
    keep("white-is-zero.tif", tiff("<", layout(0, 8, 1), [data]))
    keep("strips.tif", tiff(">", layout(1, 8, 1, 5), [b"".join(rows[y : y + 5]) for y in range(0, H, 5)]))
    for order, end in (("<", "little"), (">", "big")):
        keep(f"grey16-{end}.tif", tiff(order, layout(1, 16, 1), [b"".join((v * 257).to_bytes(2, end) for v in data)]))
        keep(f"rgb16-{end}.tif", tiff(order, layout(2, 16, 3), [b"".join((v << 8 | 200).to_bytes(2, end) for v in RGB.tobytes())]))
    for bits in (2, 4):
        keep(f"grey{bits}.tif", tiff("<", layout(1, bits, 1), [b"".join(packed([[v >> 8 - bits for v in r]], bits)[1:] for r in rows)]))
    keep("palette4.tif", tiff("<", layout(3, 4, 1, x320=(3, [palette(16)[3 * i + c] * 257 for c in range(3) for i in range(16)])),
         [b"".join(packed([[v >> 4 for v in r]], 4)[1:] for r in rows)]))
    keep("planar.tif", tiff("<", layout(2, 8, 3, x284=(3, [2])), [c.tobytes() for c in RGB.split()]))
    keep("planar-deflate.tif", tiff(">", layout(2, 8, 3, x284=(3, [2]), x259=(3, [8])), [zlib.compress(c.tobytes()) for c in RGB.split()]))
    bytes_of = RGBA.tobytes()
    keep("premultiplied.tif", tiff("<", layout(2, 8, 4, x338=(3, [1])), [RGBA.convert("RGBa").tobytes()]))
    keep("unassociated.tif", tiff("<", layout(2, 8, 4, x338=(3, [2])), [bytes_of]))
    keep("fourth-unspecified.tif", tiff("<", layout(2, 8, 4, x338=(3, [0])), [bytes_of]))
    keep("cmyk16.tif", tiff("<", layout(5, 16, 4), [b"".join(struct.pack("<H", v << 8 | 77) for v in CMYK.tobytes())]))
    tile = lambda x0, y0: RGB.crop((x0, y0, x0 + 16, y0 + 16)).tobytes()
    tiled = {k: v for k, v in layout(2, 8, 3, x322=(3, [16]), x323=(3, [16])).items() if k != 278}
    keep("tiles.tif", tiff("<", tiled, [tile(x, y) for y in (0, 16) for x in (0, 16, 32)]))
    keep("float.tif", tiff("<", layout(1, 32, 1, x339=(3, [3])), [b"".join(struct.pack("<f", v / 255) for v in data)]))
    keep("float-of-levels.tif", tiff("<", layout(1, 32, 1, x339=(3, [3])), [b"".join(struct.pack("<f", v) for v in data)]))
    keep("orientation6-deflate.tif", tiff("<", layout(1, 8, 1, x274=(3, [6]), x259=(3, [8])), [zlib.compress(data)]))
