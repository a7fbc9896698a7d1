"""WebP."""

import struct

from .drawn import GREY, H, RGB, RGBA, W, colours, saved
from .told import exif, profile, xmp


def riff(*chunks):
    body = b"WEBP" + b"".join(k + struct.pack("<I", len(d)) + d + bytes(len(d) % 2) for k, d in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def make(keep):
    """Hands each picture to keep(name, bytes)."""
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
