"""BMP."""

import struct

from .drawn import GREY, H, RGB, RGBA, W, packed, palette, saved


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


def make(keep):
    """Hands each picture to keep(name, bytes)."""
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
