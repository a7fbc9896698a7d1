#!/usr/bin/env python3
"""Makes the pictures that PicturesTest reads: tools/make-pictures.py FOLDER/pictures, then
tools/pack-goldens.py FOLDER/pictures testkit/src/main/resources/goldens

Needs Pillow 12.3.0 (pip install pillow==12.3.0), and cjpeg and jpegtran of libjpeg-turbo. What Pillow cannot write
(interlaced PNG, BMP of 16 bits, planar TIFF and so on) is written here byte by byte; it is always Pillow that reads.
values.bin.gz then holds what diffusers' load_image would give: ImageOps.exif_transpose, then convert("RGB"). For each
picture: its name's length and name, width and height (big-endian, 2 bytes each), and red green blue of its pixels.
"""

import gzip
import io
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import zlib

import PIL
from PIL import Image, ImageOps

W, H = 33, 19
OUT = pathlib.Path(sys.argv[1])
ORDER = []


def colours(w=W, h=H):
    """A slope, hard edges of strong colours, and a little noise: what chroma filters and rounding show in."""
    rng, data = random.Random(5), bytearray()
    blocks = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 0, 0), (255, 255, 255)]
    for y in range(h):
        for x in range(w):
            if y < h * 2 // 3:
                r, g, b = 255 * x // w, 255 * y // h, 255 * (x + y) // (w + h)
            else:
                r, g, b = blocks[(x // 5 + y // 3) % 6]
            data += bytes(max(0, min(255, c + rng.randint(-9, 9))) for c in (r, g, b))
    return Image.frombytes("RGB", (w, h), bytes(data))


RGB = colours()
GREY = RGB.convert("L")
ALPHA = Image.linear_gradient("L").resize((W, H))
RGBA = Image.merge("RGBA", (*RGB.split(), ALPHA))
LA = Image.merge("LA", (GREY, ALPHA))
CMYK = Image.merge("CMYK", (*RGB.split(), Image.linear_gradient("L").rotate(90).resize((W, H))))


def keep(name, data):
    (OUT / name).write_bytes(data)
    ORDER.append(name)


def saved(image, kind, **how):
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def profile():
    """An ICC profile of Display P3's primaries and gamma 2.2, as small as it gets."""
    s15 = lambda *v: b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(x * 65536) for x in v))
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", 3) + b"P3\0" + bytes(78),
        b"cprt": b"text\0\0\0\0none\0\0\0\0",
        b"wtpt": s15(0.9642, 1, 0.8249),
        b"rXYZ": s15(0.5151, 0.2412, -0.0011),
        b"gXYZ": s15(0.2920, 0.6922, 0.0419),
        b"bXYZ": s15(0.1571, 0.0666, 0.7841),
        b"TRC ": b"curv\0\0\0\0" + struct.pack(">IHH", 1, 0x0233, 0),
    }
    body, table, at = b"", b"", 128 + 4 + 12 * 9
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        for key in [b"rTRC", b"gTRC", b"bTRC"] if name == b"TRC " else [name]:
            table += struct.pack(">4sII", key, at + len(body), len(data))
        body += data
    head = struct.pack(">I4xI4s4s4s12x4s28x3i", at + len(body), 0x02100000, b"mntr", b"RGB ", b"XYZ ", b"acsp",
                       63190, 65536, 54061)
    return head.ljust(128, b"\0") + struct.pack(">I", 9) + table + body


def exif(code, order="<"):
    """TIFF's structure with one tag, the orientation."""
    mark = b"II" if order == "<" else b"MM"
    return mark + struct.pack(order + "HIHHHIHHI", 42, 8, 1, 0x0112, 3, 1, code, 0, 0)


def xmp(code, element=False):
    text = f"><tiff:Orientation>{code}</tiff:Orientation>" if element else f' tiff:Orientation="{code}">'
    return ('<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            f'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/"{text}</rdf:Description></rdf:RDF>'
            "</x:xmpmeta>").encode()


# PNG


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed(samples, bits):
    """Rows of samples as bytes, the first in the highest bits."""
    out = bytearray()
    for row in samples:
        if bits == 16:
            out += b"\0" + b"".join(struct.pack(">H", v) for v in row)
            continue
        total = sum(v << (len(row) - 1 - i) * bits for i, v in enumerate(row)) << -len(row) * bits % 8
        out += b"\0" + total.to_bytes((len(row) * bits + 7) // 8, "big")
    return bytes(out)


PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(pixel, kind, bits, channels=1, *chunks, interlaced=False, size=(W, H)):
    """pixel(x, y): its samples."""
    rows = lambda x0, y0, dx, dy: [
        [v for x in range(x0, size[0], dx) for v in pixel(x, y)] for y in range(y0, size[1], dy)
    ]
    if interlaced:
        data = b"".join(packed(rows(*p), bits) for p in PASSES if p[0] < size[0] and p[1] < size[1])
    else:
        data = packed(rows(0, 0, 1, 1), bits)
    head = struct.pack(">IIBBBBB", *size, bits, kind, 0, 0, int(interlaced))
    body = b"".join(chunks) + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body


def palette(count):
    rng = random.Random(count)
    return bytes(rng.randrange(256) for _ in range(3 * count))


def pngs():
    grey = GREY.load()
    for bits in (1, 2, 4, 8):
        keep(f"grey{bits}.png", png(lambda x, y: [grey[x, y] >> 8 - bits], 0, bits))
        keep(f"palette{bits}.png",
             png(lambda x, y: [grey[x, y] >> 8 - bits], 3, bits, 1, chunk(b"PLTE", palette(1 << bits))))
    fine = lambda v, x, y: v << 8 | (37 * x + 101 * y) % 256
    keep("grey16.png", png(lambda x, y: [fine(grey[x, y], x, y)], 0, 16))
    keep("grey16-dark.png", png(lambda x, y: [grey[x, y]], 0, 16))
    keep("rgb16.png", png(lambda x, y: [fine(v, x, y) for v in RGB.getpixel((x, y))], 2, 16, 3))
    keep("rgba16.png", png(lambda x, y: [fine(v, x, y) for v in RGBA.getpixel((x, y))], 6, 16, 4))
    keep("grey-alpha16.png", png(lambda x, y: [fine(v, x, y) for v in LA.getpixel((x, y))], 4, 16, 2))
    keep("rgb.png", saved(RGB, "PNG"))
    keep("rgba.png", saved(RGBA, "PNG"))
    keep("grey-alpha.png", saved(LA, "PNG"))
    keep("grey-transparent.png",
         png(lambda x, y: [grey[x, y]], 0, 8, 1, chunk(b"tRNS", struct.pack(">H", grey[20, 15]))))
    keep("grey1-transparent.png", png(lambda x, y: [grey[x, y] >> 7], 0, 1, 1, chunk(b"tRNS", b"\0\1")))
    keep("rgb-transparent.png",
         png(lambda x, y: RGB.getpixel((x, y)), 2, 8, 3, chunk(b"tRNS", struct.pack(">3H", *RGB.getpixel((3, 15))))))
    keep("palette-transparent.png",
         png(lambda x, y: [grey[x, y] >> 4], 3, 4, 1, chunk(b"PLTE", palette(16)), chunk(b"tRNS", bytes(range(0, 200, 20)))))
    keep("palette-short.png", png(lambda x, y: [grey[x, y] >> 5], 3, 4, 1, chunk(b"PLTE", palette(5))))
    keep("interlaced-rgb.png", png(lambda x, y: RGB.getpixel((x, y)), 2, 8, 3, interlaced=True))
    keep("interlaced-palette4.png",
         png(lambda x, y: [grey[x, y] >> 4], 3, 4, 1, chunk(b"PLTE", palette(16)), interlaced=True))
    keep("interlaced-grey1.png", png(lambda x, y: [grey[x, y] >> 7], 0, 1, interlaced=True))
    keep("interlaced-3x2.png", png(lambda x, y: RGB.getpixel((x, y)), 2, 8, 3, interlaced=True, size=(3, 2)))
    keep("profile.png", saved(RGB, "PNG", icc_profile=profile()))
    gamma = chunk(b"gAMA", struct.pack(">I", 100000)), chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 70800, 29200, 17000, 79700, 13100, 4600))
    keep("gamma.png", png(lambda x, y: RGB.getpixel((x, y)), 2, 8, 3, *gamma))
    keep("gamma-grey.png", png(lambda x, y: [grey[x, y]], 0, 8, 1, *gamma))
    keep("exif6.png", saved(RGB, "PNG", exif=exif(6)))
    keep("exif5-big-endian.png", saved(GREY, "PNG", exif=exif(5, ">")))
    keep("exif8-behind-the-data.png", saved(RGB, "PNG")[:-12] + chunk(b"eXIf", exif(8)) + chunk(b"IEND", b""))
    text = lambda data: chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + data)
    keep("xmp3.png", png(lambda x, y: RGB.getpixel((x, y)), 2, 8, 3, text(xmp(3))))
    packed_text = chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(xmp(7, True)))
    keep("xmp7-compressed.png", png(lambda x, y: RGB.getpixel((x, y)), 2, 8, 3, packed_text))
    raw = b"\nexif\n" + b"%8d\n" % (len(exif(8)) + 6) + (b"Exif\0\0" + exif(8)).hex().encode() + b"\n"
    keep("raw-profile8.png",
         png(lambda x, y: RGB.getpixel((x, y)), 2, 8, 3, chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(raw))))


# JPEG


def tool(data, *command):
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def ppm(image):
    return saved(image, "PPM")


def without(jpeg, *markers):
    """The JPEG without the segments of these markers."""
    at = 2
    out = jpeg[:2]
    while jpeg[at + 1] != 0xDA:
        size = 2 + struct.unpack(">H", jpeg[at + 2 : at + 4])[0]
        out += b"" if jpeg[at + 1] in markers else jpeg[at : at + size]
        at += size
    return out + jpeg[at:]


def with_segment(jpeg, marker, data):
    return jpeg[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data + jpeg[2:]


def named(jpeg, ids):
    """The JPEG with other identifiers of its components."""
    out, at = bytearray(jpeg), 2
    while True:
        marker, size = out[at + 1], 2 + struct.unpack(">H", out[at + 2 : at + 4])[0]
        first, step = (at + 10, 3) if marker == 0xC0 else (at + 5, 2)
        if marker in (0xC0, 0xDA):
            for i, value in enumerate(ids):
                out[first + step * i] = value
        if marker == 0xDA:
            return bytes(out)
        at += size


def jpegs():
    for name, code in (("444", 0), ("422", 1), ("420", 2)):
        keep(f"{name}.jpg", saved(RGB, "JPEG", quality=90, subsampling=code))
        keep(f"progressive-{name}.jpg", saved(RGB, "JPEG", quality=60, subsampling=code, progressive=True))
    for sample in ("1x2", "4x1", "4x2", "2x4"):
        keep(f"sampled-{sample}.jpg", tool(ppm(RGB), "cjpeg", "-quality", "90", "-sample", sample))
    keep("sampled-1x2-turned.jpg", tool((OUT / "422.jpg").read_bytes(), "jpegtran", "-rotate", "90", "-trim"))
    keep("coarse.jpg", saved(RGB, "JPEG", quality=8))
    keep("grey.jpg", saved(GREY, "JPEG", quality=90))
    keep("restart.jpg", saved(RGB, "JPEG", quality=85, restart_marker_blocks=2))
    keep("restart-progressive.jpg", saved(RGB, "JPEG", quality=85, restart_marker_rows=1, progressive=True))
    keep("fast-tables.jpg", saved(RGB, "JPEG", quality=85, optimize=True))
    for size in ((1, 1), (2, 2), (3, 5), (5, 3), (17, 16), (16, 17)):
        keep(f"small-{size[0]}x{size[1]}.jpg", saved(colours(*size), "JPEG", quality=95))
    keep("cmyk.jpg", saved(CMYK, "JPEG", quality=90))
    ycck = bytearray(saved(CMYK, "JPEG", quality=90))
    ycck[ycck.index(b"Adobe") + 11] = 2
    keep("ycck.jpg", bytes(ycck))
    keep("cmyk-without-adobe.jpg", without(saved(CMYK, "JPEG", quality=90), 0xEE))
    keep("cmyk-profile-exif6.jpg", saved(CMYK, "JPEG", quality=90, icc_profile=profile(), exif=b"Exif\0\0" + exif(6)))
    plain = without(saved(RGB, "JPEG", quality=92, subsampling=0), 0xE0)
    keep("no-markers-444.jpg", plain)
    keep("no-markers-420.jpg", without(saved(RGB, "JPEG", quality=92, subsampling=2), 0xE0))
    adobe = lambda transform: b"Adobe\0\x64\0\0\0\0" + bytes([transform])
    keep("adobe-rgb.jpg", with_segment(plain, 0xEE, adobe(0)))
    keep("adobe-ycc.jpg", with_segment(plain, 0xEE, adobe(1)))
    keep("adobe-unknown-transform.jpg", with_segment(plain, 0xEE, adobe(2)))
    keep("named-rgb.jpg", named(plain, b"RGB"))
    keep("named-0-1-2.jpg", named(plain, b"\0\1\2"))
    keep("named-ycc.jpg", named(plain, b"YCc"))
    keep("jfif-named-rgb.jpg", named(saved(RGB, "JPEG", quality=92, subsampling=0), b"RGB"))
    keep("profile.jpg", saved(RGB, "JPEG", quality=90, icc_profile=profile()))
    keep("profile-grey.jpg", saved(GREY, "JPEG", quality=90, icc_profile=profile()))
    keep("profile-broken.jpg", saved(RGB, "JPEG", quality=90, icc_profile=b"no profile at all" * 9))
    for code in range(1, 9):
        keep(f"exif{code}.jpg", saved(RGB, "JPEG", quality=88, exif=b"Exif\0\0" + exif(code, "<>"[code % 2])))
    keep("exif9.jpg", saved(RGB, "JPEG", quality=88, exif=b"Exif\0\0" + exif(9)))
    keep("xmp6.jpg", saved(RGB, "JPEG", quality=88, xmp=xmp(6)))
    keep("exif1-over-xmp6.jpg", saved(RGB, "JPEG", quality=88, exif=b"Exif\0\0" + exif(1), xmp=xmp(6)))
    keep("thumbnail-exif3.jpg", saved(RGB, "JPEG", quality=88, exif=b"Exif\0\0" + exif(3)[:-4] + struct.pack("<I", 26)
         + struct.pack("<HHHIII", 1, 0x0112, 3, 1, 6, 0)))
    keep("bytes-behind.jpg", saved(RGB, "JPEG", quality=88) + b"something behind" * 4)


# GIF


def frame_at(gif, x, y, width, height):
    """The one-frame GIF with its frame at another place of a canvas of another size."""
    out = bytearray(gif)
    out[6:10] = struct.pack("<HH", width, height)
    at = 13 + (3 << (out[10] & 7) + 1 if out[10] & 0x80 else 0)
    while out[at] == 0x21:
        at += 2
        while out[at]:
            at += out[at] + 1
        at += 1
    out[at + 1 : at + 5] = struct.pack("<HH", x, y)
    return bytes(out)


def local(gif):
    """The GIF with its table of colours moved to its frame."""
    size = 3 << (gif[10] & 7) + 1
    table, rest = gif[13 : 13 + size], gif[13 + size :]
    at = rest.index(b",")
    return gif[:10] + bytes([gif[10] & 0x70]) + gif[11:13] + rest[: at + 9] + bytes([0x80 | gif[10] & 7 | rest[at + 9] & 0x40]) + table + rest[at + 10 :]


def gifs():
    few = RGB.quantize(31)
    keep("palette.gif", saved(few, "GIF", interlace=False))
    keep("interlaced.gif", saved(few, "GIF", interlace=True))
    keep("grey.gif", saved(GREY, "GIF", interlace=False))
    keep("two-colours.gif", saved(RGB.convert("1"), "GIF", interlace=False))
    keep("transparent.gif", saved(few, "GIF", transparency=3, interlace=False))
    keep("small-frame.gif", frame_at(saved(few, "GIF", interlace=False), 5, 4, W + 9, H + 7))
    keep("small-frame-transparent.gif", frame_at(saved(few, "GIF", transparency=7), 5, 4, W + 9, H + 7))
    keep("frame-over-the-edge.gif", frame_at(saved(few, "GIF", interlace=False), 5, 4, W, H))
    keep("local-palette.gif", local(saved(few, "GIF", interlace=False)))
    keep("local-small-frame-transparent.gif", frame_at(local(saved(few, "GIF", transparency=2)), 3, 2, W + 5, H + 5))
    keep("background.gif", frame_at(saved(few, "GIF", background=9, interlace=False), 5, 4, W + 9, H + 7))
    keep("animated.gif", saved(few, "GIF", save_all=True, append_images=[RGB.rotate(180).quantize(20)], duration=90))
    keep("87a.gif", b"GIF87a" + saved(few, "GIF", interlace=False)[6:])


# BMP


def bmp(bits, rows, table=b"", compression=0, masks=b"", height=H, head=40):
    """rows: the picture's bytes."""
    if head == 12:
        info = struct.pack("<IHHHH", 12, W, height, 1, bits)
    else:
        count = len(table) // 4
        info = struct.pack("<IiiHHIIiiII", head, W, height, 1, bits, compression, len(rows), 2835, 2835, count, 0)
        info += masks.ljust(head - 40, b"\0") if head > 40 else masks
    offset = 14 + len(info) + len(table)
    return b"BM" + struct.pack("<IHHI", offset + len(rows), 0, 0, offset) + info + table + rows


def bmp_rows(bits, pixel, down=False):
    out = b""
    for y in range(H) if down else reversed(range(H)):
        row = [pixel(x, y) for x in range(W)]
        if bits < 8:
            row = packed([row], bits)[1:]
        else:
            row = b"".join(v.to_bytes(bits // 8, "little") for v in row)
        out += row + bytes(-len(row) % 4)
    return out


def runs(row, most, word):
    """The row as runs and literals of BMP's RLE8 (word 1) or RLE4 (word 2 pixels a byte)."""
    out, at, part = b"", 0, lambda v: v[0] if word == 1 else v[0] << 4 | v[1]
    while at < len(row):
        n = 1
        while at + n < len(row) and row[at + n] == row[at] and n < most:
            n += 1
        literal = row[at : at + (5 if word == 1 else 4)]  # Pillow misreads odd literals of RLE4
        if n == 1 and len(literal) >= 4 and at % 3 == 0:
            data = bytes(literal) if word == 1 else bytes(part(literal[i : i + 2]) for i in (0, 2))
            out += bytes([0, len(literal)]) + data + bytes(len(data) % 2)
            at += len(literal)
        else:
            out += bytes([n, part([row[at], row[at]])])
            at += n
    return out


def bmps():
    grey, rgb = GREY.load(), RGB.load()
    for bits in (1, 4, 8):
        table = b"".join(palette(1 << bits)[3 * i : 3 * i + 3] + b"\0" for i in range(1 << bits))
        keep(f"palette{bits}.bmp", bmp(bits, bmp_rows(bits, lambda x, y: grey[x, y] >> 8 - bits), table))
    keep("24.bmp", saved(RGB, "BMP"))
    bgr = lambda x, y: rgb[x, y][0] << 16 | rgb[x, y][1] << 8 | rgb[x, y][2]
    keep("top-down.bmp", bmp(24, bmp_rows(24, bgr, True), height=-H))
    keep("32.bmp", bmp(32, bmp_rows(32, lambda x, y: bgr(x, y) | 0x40000000)))
    five = lambda x, y: rgb[x, y][0] >> 3 << 10 | rgb[x, y][1] >> 3 << 5 | rgb[x, y][2] >> 3
    six = lambda x, y: rgb[x, y][0] >> 3 << 11 | rgb[x, y][1] >> 2 << 5 | rgb[x, y][2] >> 3
    keep("16-555.bmp", bmp(16, bmp_rows(16, five)))
    keep("16-565.bmp", bmp(16, bmp_rows(16, six), compression=3, masks=struct.pack("<3I", 0xF800, 0x7E0, 0x1F)))
    alpha = lambda x, y: bgr(x, y) | RGBA.getpixel((x, y))[3] << 24
    masks = struct.pack("<4I4s", 0xFF0000, 0xFF00, 0xFF, 0xFF000000, b"BGRs")
    keep("32-alpha.bmp", bmp(32, bmp_rows(32, alpha), compression=3, masks=masks, head=108))
    keep("os2.bmp", bmp(8, bmp_rows(8, lambda x, y: grey[x, y]), palette(256), head=12))
    table = b"".join(palette(256)[3 * i : 3 * i + 3] + b"\0" for i in range(256))
    rows8 = [[grey[x, y] >> 4 for x in range(W)] for y in reversed(range(H))]
    keep("rle8.bmp", bmp(8, b"".join(runs(r, 255, 1) + b"\0\0" for r in rows8)[:-2] + b"\0\1", table, 1))
    jump = b"".join(runs(r, 255, 1) + b"\0\0" for r in rows8[:9]) + b"\0\2\x06\x03" + runs(rows8[12][6:], 255, 1) + b"\0\0"
    jump += b"".join(runs(r, 255, 1) + b"\0\0" for r in rows8[13:])[:-2] + b"\0\1"
    keep("rle8-jump.bmp", bmp(8, jump, table, 1))
    keep("rle4.bmp", bmp(4, b"".join(runs(r, 254, 2) + b"\0\0" for r in rows8)[:-2] + b"\0\1", table[:64], 2))


# TIFF


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


def tiffs():
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
    grey, data = GREY.load(), GREY.tobytes()
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


# WebP


def riff(*chunks):
    body = b"WEBP" + b"".join(k + struct.pack("<I", len(d)) + d + bytes(len(d) % 2) for k, d in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webps():
    keep("lossy.webp", saved(RGB, "WEBP", quality=80))
    keep("lossy-even.webp", saved(colours(32, 18), "WEBP", quality=95))
    keep("lossy-coarse.webp", saved(colours(65, 33), "WEBP", quality=5))
    for size in ((1, 1), (2, 2), (3, 1), (1, 4)):
        keep(f"lossy-{size[0]}x{size[1]}.webp", saved(colours(*size), "WEBP", quality=90))
    keep("lossy-alpha.webp", saved(RGBA, "WEBP", quality=80))
    keep("lossless.webp", saved(RGB, "WEBP", lossless=True))
    keep("lossless-alpha.webp", saved(RGBA, "WEBP", lossless=True, exact=True))
    keep("lossless-palette.webp", saved(RGB.quantize(12).convert("RGB"), "WEBP", lossless=True))
    keep("lossless-two-colours.webp", saved(RGB.convert("1").convert("RGB"), "WEBP", lossless=True))
    keep("lossless-grey.webp", saved(GREY.convert("RGB"), "WEBP", lossless=True))
    keep("profile.webp", saved(RGB, "WEBP", lossless=True, icc_profile=profile()))
    keep("exif6.webp", saved(RGB, "WEBP", quality=85, exif=b"Exif\0\0" + exif(6)))
    keep("exif8-bare.webp", saved(RGB, "WEBP", lossless=True, exif=exif(8, ">")))
    keep("xmp5.webp", saved(RGB, "WEBP", lossless=True, xmp=xmp(5)))
    second = RGB.rotate(180)
    keep("animated.webp", saved(RGB, "WEBP", save_all=True, append_images=[second], duration=90, quality=80))
    keep("animated-alpha.webp", saved(RGBA, "WEBP", save_all=True, append_images=[second], duration=90, lossless=True))
    for name, image, how in (("lossy", RGB, {"quality": 80}), ("alpha", RGBA, {"lossless": True, "exact": True})):
        inner = saved(image, "WEBP", **how)[12:]
        u24 = lambda v: struct.pack("<I", v)[:3]
        vp8x = bytes([0x12, 0, 0, 0]) + u24(W + 8 - 1) + u24(H + 6 - 1)
        anmf = u24(2) + u24(1) + u24(W - 1) + u24(H - 1) + u24(90) + b"\0" + inner
        keep(f"animated-offset-{name}.webp", riff((b"VP8X", vp8x), (b"ANIM", b"\xff\x80\x40\xff\0\0"), (b"ANMF", anmf)))


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.iterdir():
        old.unlink()
    pngs(), jpegs(), gifs(), bmps(), tiffs(), webps()
    packed_values, bad = b"", []
    for name in ORDER:
        try:
            with Image.open(OUT / name) as image:
                seen = ImageOps.exif_transpose(image).convert("RGB")
        except Exception as problem:  # what Pillow refuses is no picture to compare with
            bad.append(f"{name}: {problem}")
            (OUT / name).unlink()
            continue
        packed_values += bytes([len(name)]) + name.encode() + struct.pack(">HH", *seen.size) + seen.tobytes()
    (OUT / "values.bin.gz").write_bytes(gzip.compress(packed_values, 9, mtime=0))
    total = sum(f.stat().st_size for f in OUT.iterdir())
    print(f"Pillow {PIL.__version__}: {len(ORDER) - len(bad)} pictures, {total} bytes with their values")
    print("\n".join(bad))


main()
