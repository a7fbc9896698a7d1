"""GIF."""

import struct

from .drawn import GREY, H, RGB, W, saved


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


def make(keep):
    """Hands each picture to keep(name, bytes)."""
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
