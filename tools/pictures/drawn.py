"""What the pictures show, in every mode, and how Pillow writes it."""

import io
import random
import struct

from PIL import Image

W, H = 33, 19


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


def saved(image, kind, **how):
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


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


def palette(count):
    rng = random.Random(count)
    return bytes(rng.randrange(256) for _ in range(3 * count))
