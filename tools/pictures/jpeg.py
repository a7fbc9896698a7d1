"""JPEG."""

import struct
import subprocess

from .drawn import CMYK, GREY, RGB, colours, saved
from .told import exif, profile, xmp


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


def make(keep):
    """Hands each picture to keep(name, bytes)."""
    for name, code in (("444", 0), ("422", 1), ("420", 2)):
        keep(f"{name}.jpg", saved(RGB, "JPEG", quality=90, subsampling=code))
        keep(f"progressive-{name}.jpg", saved(RGB, "JPEG", quality=60, subsampling=code, progressive=True))
    for sample in ("1x2", "4x1", "4x2", "2x4"):
        keep(f"sampled-{sample}.jpg", tool(ppm(RGB), "cjpeg", "-quality", "90", "-sample", sample))
    keep("sampled-1x2-turned.jpg", tool(saved(RGB, "JPEG", quality=90, subsampling=1), "jpegtran", "-rotate", "90", "-trim"))
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
