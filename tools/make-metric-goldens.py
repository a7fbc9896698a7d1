#!/usr/bin/env python3
"""Makes testkit's goldens of metrics whose published programs are at hand:
tools/make-metric-goldens.py FOLDER, then
tools/pack-goldens.py FOLDER/metrics_published testkit/src/main/resources/goldens

It needs torch and torchvision, and on PYTHONPATH the sources of richzhang/PerceptualSimilarity (lpips),
VainF/pytorch-msssim and photosynthesis-team/piq. All weights are random and narrow. Pictures are made of
whole numbers, so that tests make the same ones.
"""

import json
import pathlib
import struct
import sys
import types

import numpy as np
import torch
import torchvision
from torchvision.models.squeezenet import Fire

sys.modules["lpips.trainer"] = types.ModuleType("trainer")  # wants packages that only training needs
import lpips
import piq
import pytorch_msssim

WIDTH = 4  # channels of the first convolution, 64 as published


def level(f, c, y, x):
    rings = (3 * x * x + 5 * y * y + 7 * x * y + 37 * c * x + 13 * f * y) // 96 % 256
    slope = (4 * x + 2 * y + 50 * c + 30 * f) % 511
    return (rings + 3 * np.where(slope < 256, slope, 510 - slope)) // 4


def noise(f, c, y, x):
    return (x * 7919 + y * 104729 + c * 1299709 + f * 15485863) % 65536 * 40503 % 65536 // 256 % 121 - 60


def video(frames, height, width, noisy):
    """[frames, 3, height, width] in 0..1"""
    f, c, y, x = np.meshgrid(*(np.arange(n) for n in (frames, 3, height, width)), indexing="ij")
    levels = level(f, c, y, x)
    if noisy:
        levels = np.clip(levels + noise(f, c, y, x), 0, 255)
    return torch.from_numpy((levels / 255.0).astype(np.float32))


def narrow_squeezenet():
    """SqueezeNet 1.1's features, all channels divided by 64 / WIDTH."""

    def n(channels):
        return channels * WIDTH // 64

    def fire(i, squeeze, expand):
        return Fire(n(i), n(squeeze), n(expand), n(expand))

    def pool():
        return torch.nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True)

    net = torchvision.models.squeezenet1_1(weights=None)
    net.features = torch.nn.Sequential(
        torch.nn.Conv2d(3, n(64), kernel_size=3, stride=2), torch.nn.ReLU(inplace=True), pool(),
        fire(64, 16, 64), fire(128, 16, 64), pool(),
        fire(128, 32, 128), fire(256, 32, 128), pool(),
        fire(256, 48, 192), fire(384, 48, 192), fire(384, 64, 256), fire(512, 64, 256))
    net.classifier = torch.nn.Sequential(torch.nn.Dropout(), torch.nn.Conv2d(n(512), 10, kernel_size=1))
    for p in net.parameters():
        with torch.no_grad():
            p.copy_(torch.randn_like(p) * (0.1 if p.dim() == 1 else 1.4 / p[0].numel() ** 0.5))
    return net


def narrow_lpips(net):
    # The official code asks torchvision for the trunk, and for its published widths.
    lpips.pretrained_networks.tv.squeezenet1_1 = lambda pretrained: net
    whole = lpips.LPIPS(net="squeeze", pretrained=False, verbose=False)
    for k, channels in enumerate((64, 128, 256, 384, 384, 512, 512)):
        line = lpips.lpips.NetLinLayer(channels * WIDTH // 64, use_dropout=True)
        with torch.no_grad():
            line.model[1].weight.copy_(torch.rand_like(line.model[1].weight))
        setattr(whole, "lin%d" % k, line)
        whole.lins[k] = line
    return whole.eval()


def write_safetensors(path, tensors):
    header, at = {}, 0
    for name, t in tensors.items():
        size = 4 * t.numel()
        header[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for t in tensors.values():
            out.write(t.detach().contiguous().numpy().tobytes())


def squeezenet(folder):
    net = narrow_squeezenet()
    whole = narrow_lpips(net)
    trunk = net.state_dict()
    linear = {k: v for k, v in whole.state_dict().items() if k.startswith("lin") and not k.startswith("lins")}
    both = {k: v for k, v in trunk.items() if k.startswith("features")} | linear
    write_safetensors(folder / "squeeze_narrow.safetensors", both)
    # As download.pytorch.org has trunks, in today's format and in that of 2017, and lpips its linear weights.
    torch.save(trunk, folder / "squeeze_narrow.pth")
    old = type(trunk)((k, torch.nn.Parameter(v)) for k, v in trunk.items())
    torch.save(old, folder / "squeeze_narrow.legacy.pth", _use_new_zipfile_serialization=False)
    torch.save(type(trunk)(linear), folder / "linear.legacy.pth", _use_new_zipfile_serialization=False)
    whole.double()
    values = {}
    with torch.no_grad():
        for height, width in ((64, 64), (66, 51), (17, 40)):
            a, b = (video(1, height, width, noisy).double() for noisy in (False, True))
            value, layers = whole(a, b, retPerLayer=True, normalize=True)
            values["%dx%d" % (height, width)] = {"value": value.item(), "layers": [t.item() for t in layers]}
    return values


def without_weights():
    values = {}
    for height, width in ((176, 192), (208, 176), (161, 167)):
        a, b = (video(2, height, width, noisy).double() for noisy in (False, True))
        of = {"gmsd": piq.gmsd(a, b, data_range=1.0).item()}
        if height % 16 == 0 and width % 16 == 0:  # programs differ at odd sizes
            window = torch.exp(-((torch.arange(11).double() - 5) ** 2) / (2 * 1.5**2))  # its own is of 32 bits
            window = (window / window.sum()).expand(3, 1, 1, 11)
            of["ms_ssim"] = pytorch_msssim.ms_ssim(a, b, data_range=1.0, win=window).item()
        values["%dx%d" % (height, width)] = of
    return values


def main():
    folder = pathlib.Path(sys.argv[1]) / "metrics_published"
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(5)
    torch.set_num_threads(1)
    expected = {"lpips_squeeze": squeezenet(folder), "without_weights": without_weights()}
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


main()
