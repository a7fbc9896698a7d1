#!/usr/bin/env python3
"""Times what else attends on this GPU, at the shapes of docs/benchmarks.md, one JSON line a figure.

    python3 tools/peers/attention.py [--only cudnn,flash,flex,gemm] [--launches 3] > peers.json

cudnn, flash: torch's scaled_dot_product_attention by that backend, dense. flex: compiled
flex_attention with the band of Sparse VideoGen at density 0.25, as the official code attends. gemm:
torch.matmul (cuBLAS) at the models' sizes. Random normal bf16 operands, CUDA events, medians after
one launch. Rates count kept pairs only: 4 D operations a pair.
"""

import argparse
import json
import statistics
import sys
import time

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

# name: batch, heads, head dimension, frames, places, text tokens, text first
SHAPES = {
    "hunyuan-720p": (1, 24, 128, 33, 3600, 256, False),
    "cogvideox-1.5": (2, 48, 64, 11, 4080, 226, True),
}
# tokens of a batch; width; inner width of the feed-forward
PRODUCTS = {"hunyuan-720p": (119056, 3072, 12288), "cogvideox-1.5": (90212, 3072, 12288)}


def milliseconds(work, launches):
    work()
    times = []
    for _ in range(launches):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        work()
        end.record()
        end.synchronize()
        times.append(start.elapsed_time(end))
    return statistics.median(times)


def say(line):
    print(json.dumps(line), flush=True)


def machine():
    """The line that tells what the figures behind it were measured on."""
    say({"device": torch.cuda.get_device_name(), "torch": torch.__version__, "cudnn": torch.backends.cudnn.version()})


def attempt(peer, action, **more):
    """Whether that went well; the others' figures are worth having without it."""
    try:
        action()
        return True
    except Exception as e:
        say({"peer": peer, **more, "failed": (str(e) or repr(e)).splitlines()[0][:300]})
        return False


def report(what, shape, ms, operations, **more):
    line = {"peer": what, "shape": shape, "ms": round(ms, 3), "tflops": round(operations / ms * 1e-9, 1)}
    say({**line, **more})


def operands(batch, heads, tokens, dim):
    return [torch.randn(batch, heads, tokens, dim, device="cuda", dtype=torch.bfloat16) for _ in range(3)]


def dense(name, backend, launches):
    for shape, (batch, heads, dim, frames, places, text, _) in SHAPES.items():
        tokens = frames * places + text
        q, k, v = operands(batch, heads, tokens, dim)
        with sdpa_kernel(backend):
            ms = milliseconds(lambda: torch.nn.functional.scaled_dot_product_attention(q, k, v), launches)
        report(name, shape, ms, 4.0 * tokens**2 * dim * batch * heads, tokens=tokens)


def half_width(density, frames, places, text):
    """The widest band |q - k| < half that, with the text, keeps no more pairs than that."""
    video, tokens = frames * places, frames * places + text
    kept = lambda half: (2 * half - 1) * video - half * (half - 1) + tokens**2 - video**2
    fits, beyond = 0, video
    while beyond - fits > 1:
        middle = (fits + beyond) // 2
        fits, beyond = (middle, beyond) if kept(middle) <= density * tokens**2 else (fits, middle)
    return fits, kept(fits)


def blocks(tokens, begin, end, half, size=128):
    """Which blocks of keys each block of queries keeps in part and in full, for BlockMask."""
    n = -(-tokens // size)
    q = torch.arange(n)[:, None] * size
    k = torch.arange(n)[None, :] * size
    q_end, k_end = (q + size).clamp(max=tokens), (k + size).clamp(max=tokens)
    text = lambda at, to: (to <= begin) | (at >= end)
    touches = lambda at, to: (at < begin) | (to > end)
    near = (k - q_end < half - 1) & (q - k_end < half - 1)
    inside = (k_end - 1 - q < half) & (q_end - 1 - k < half)
    some = near | touches(q, q_end) | touches(k, k_end)
    full = inside | text(q, q_end) | text(k, k_end)
    full &= (q + size <= tokens) & (k + size <= tokens)

    def lists(mask):
        counts = mask.sum(1).int()
        order = torch.argsort(mask.int(), dim=1, descending=True, stable=True).int()
        return counts[None, None].cuda(), order[None, None].contiguous().cuda()

    return *lists(some & ~full), *lists(full)


def flex(density, launches):
    from torch.nn.attention.flex_attention import BlockMask, flex_attention

    compiled = torch.compile(flex_attention, dynamic=False)
    for shape, (batch, heads, dim, frames, places, text, first) in SHAPES.items():
        tokens = frames * places + text
        begin = text if first else 0
        end = begin + frames * places
        half, kept = half_width(density, frames, places, text)

        def keeps(b, h, q, k):
            words = (q < begin) | (q >= end) | (k < begin) | (k >= end)
            return words | ((q - k < half) & (k - q < half))

        counts, indices, full_counts, full_indices = blocks(tokens, begin, end, half)
        mask = BlockMask.from_kv_blocks(
            counts, indices, full_counts, full_indices, BLOCK_SIZE=128, mask_mod=keeps, seq_lengths=(tokens, tokens)
        )
        q, k, v = operands(batch, heads, tokens, dim)
        start = time.time()
        out = compiled(q, k, v, block_mask=mask)
        torch.cuda.synchronize()
        seconds = time.time() - start
        worst = 0.0
        for at in (0, begin, tokens // 2 + 11, tokens - 1):  # the mask, against its definition
            allowed = keeps(0, 0, torch.tensor(at, device="cuda"), torch.arange(tokens, device="cuda"))
            score = (q[0, 0, at].float() @ k[0, 0].float().T) / dim**0.5
            want = score.masked_fill(~allowed, float("-inf")).softmax(-1) @ v[0, 0].float()
            worst = max(worst, ((out[0, 0, at].float() - want).norm() / want.norm()).item())
        ms = milliseconds(lambda: compiled(q, k, v, block_mask=mask), launches)
        report("flex", shape, ms, 4.0 * kept * dim * batch * heads, density=density, first_call_s=round(seconds, 1),
               error=round(worst, 4))


def products(launches):
    sizes = {(rows, n, k): shape for shape, (rows, width, inner) in PRODUCTS.items()
             for n, k in ((width, width), (3 * width, width), (inner, width), (width, inner))}
    sizes[(8192, 8192, 8192)] = "square"
    for (m, n, k), shape in sizes.items():
        a = torch.randn(m, k, device="cuda", dtype=torch.bfloat16)
        b = torch.randn(n, k, device="cuda", dtype=torch.bfloat16)
        out = torch.empty(m, n, device="cuda", dtype=torch.bfloat16)
        report("gemm", shape, milliseconds(lambda: torch.mm(a, b.T, out=out), 3 * launches), 2.0 * m * n * k,
               m=m, n=n, k=k)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--only", default="cudnn,flash,gemm,flex")
    arguments.add_argument("--launches", type=int, default=3)
    arguments.add_argument("--density", type=float, default=0.25)
    given = arguments.parse_args()
    machine()
    work = {
        "cudnn": lambda: dense("cudnn", SDPBackend.CUDNN_ATTENTION, given.launches),
        "flash": lambda: dense("flash", SDPBackend.FLASH_ATTENTION, given.launches),
        "gemm": lambda: products(given.launches),
        "flex": lambda: flex(given.density, given.launches),
    }
    return not all([attempt(name, work[name]) for name in given.only.split(",")])


if __name__ == "__main__":
    sys.exit(main())
