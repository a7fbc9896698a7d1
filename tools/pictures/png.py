"""PNG."""

import struct
import zlib

from .drawn import GREY, H, LA, RGB, RGBA, W, packed, palette, saved
from .told import exif, profile, xmp


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


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


def make(keep):
    """Hands each picture to keep(name, bytes)."""
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
