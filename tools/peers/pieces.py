#!/usr/bin/env python3
"""Times what surrounds attention in a sparse step, as torch computes it, one JSON line a figure.

    python3 tools/peers/pieces.py [--only eager,compile,profile] [--launches 10] >> peers.json

eager, compile: norm of queries and keys by head, rotary embedding, and layout [batch, heads, tokens,
dim] of queries, keys and values, as the official Sparse VideoGen does without its own kernels, which
is by diffusers' functions: eagerly, and by torch.compile. profile: errors of both bands on sampled
rows, as the official code computes them, by matrix products (eagerly and compiled), and by
scaled_dot_product_attention. Shapes, inputs and timing as in attention.py. Rates count queries, keys
and values once in and once out, and the rotary table once.
"""

import argparse
import sys
import time

import torch
import torch.nn.functional as F

from attention import SHAPES, attempt, half_width, machine, milliseconds, say

SAMPLED_ROWS = 64
EPS = 1e-6


def layer_norm(x, weight, bias):
    return F.layer_norm(x, weight.shape, weight, bias, EPS)


def rms_norm(x, weight, _):
    """diffusers' RMSNorm."""
    scaled = x * torch.rsqrt(x.to(torch.float32).pow(2).mean(-1, keepdim=True) + EPS)
    return scaled.to(weight.dtype) * weight


def rotate(x, cos, sin):
    """diffusers' apply_rotary_emb, of [batch, heads, tokens, dim]."""
    real, imaginary = x.reshape(*x.shape[:-1], -1, 2).unbind(-1)
    turned = torch.stack([-imaginary, real], dim=-1).flatten(3)
    return (x.float() * cos + turned.float() * sin).to(x.dtype)


def split_text_first(q, k, v, heads, norms, cos, sin, text):
    """CogVideoX: layer norm, the text first."""
    q, k, v = [x.unflatten(2, (heads, -1)).transpose(1, 2).contiguous() for x in (q, k, v)]
    q, k = [layer_norm(x, *norm) for x, norm in zip((q, k), norms)]
    for x in (q, k):
        x[:, :, text:] = rotate(x[:, :, text:], cos, sin)
    return q, k, v


def split_text_last(q, k, v, heads, norms, cos, sin, text):
    """HunyuanVideo, a block of one stream: RMS norm, the text last."""
    q, k, v = [x.unflatten(2, (heads, -1)).transpose(1, 2).contiguous() for x in (q, k, v)]
    q, k = [rms_norm(x, *norm) for x, norm in zip((q, k), norms)]
    q, k = [torch.cat([rotate(x[:, :, :-text], cos, sin), x[:, :, -text:]], dim=2) for x in (q, k)]
    return q, k, v


def normal(*shape, around=0.0):
    return torch.randn(*shape, device="cuda", dtype=torch.bfloat16) + around


def splits(ways, launches):
    for shape, (batch, heads, dim, frames, places, text, first) in SHAPES.items():
        video = frames * places
        projected = [normal(batch, video + text, heads * dim) for _ in range(3)]
        norms = [(normal(dim, around=1.0), normal(dim)) for _ in range(2)]
        angles = torch.randn(video, dim // 2, device="cuda").repeat_interleave(2, dim=1)
        cos, sin = angles.cos(), angles.sin()
        moved = 2 * sum(x.nbytes for x in projected) + cos.nbytes + sin.nbytes
        split = split_text_first if first else split_text_last

        def measure(way):
            do = torch.compile(split, dynamic=False) if way == "compile" else split
            start = time.time()
            out = do(*projected, heads, norms, cos, sin, text)
            torch.cuda.synchronize()
            seconds = time.time() - start
            error = max(((a.float() - b.float()).norm() / b.float().norm()).item()
                        for a, b in zip(out, split(*projected, heads, norms, cos, sin, text)))
            assert all(x.is_contiguous() and x.shape == (batch, heads, video + text, dim) for x in out)
            del out
            ms = milliseconds(lambda: do(*projected, heads, norms, cos, sin, text), launches)
            say({"peer": f"torch-{way}", "work": "norm-rope-layout", "shape": shape, "ms": round(ms, 3),
                 "tbps": round(moved / ms * 1e-9, 2), "first_call_s": round(seconds, 1), "error": round(error, 4)})

        for way in ways:
            yield attempt(f"torch-{way}", lambda: measure(way), work="norm-rope-layout", shape=shape)


def errors_by_products(q, k, v, rows, masks):
    """The official code's sample_mse."""
    scores = torch.matmul(q[:, :, rows], k.transpose(-2, -1)) / q.shape[-1] ** 0.5
    golden = torch.matmul(F.softmax(scores, dim=-1), v)
    banded = [torch.matmul(F.softmax(scores.masked_fill(mask == 0, float("-inf")), dim=-1), v) for mask in masks]
    return torch.stack([((out - golden) ** 2).mean(dim=(2, 3)) for out in banded])


def errors_by_sdpa(q, k, v, rows, masks):
    sampled = q[:, :, rows]
    golden = F.scaled_dot_product_attention(sampled, k, v)
    banded = [F.scaled_dot_product_attention(sampled, k, v, attn_mask=mask) for mask in masks]
    return torch.stack([((out - golden) ** 2).mean(dim=(2, 3)) for out in banded])


def bands(rows, frames, places, text, begin, density):
    """Which keys each of the rows keeps in the bands of both orders, frame by frame and place by place."""
    half, _ = half_width(density, frames, places, text)
    video = torch.arange(frames * places + text, device="cuda") - begin
    words = (video < 0) | (video >= frames * places)
    turned = video % places * frames + video // places
    always = words[rows, None] | words
    return [always | ((order[rows, None] - order).abs() < half) for order in (video, turned)]


def profiles(density, launches):
    # Both compute the same, the second in fewer kernels.
    ways = {
        "torch-eager": errors_by_products,
        "torch-compile": torch.compile(errors_by_products, dynamic=False),
        "torch-sdpa": errors_by_sdpa,
    }
    for shape, (batch, heads, dim, frames, places, text, first) in SHAPES.items():
        tokens = frames * places + text
        q, k, v = (normal(batch, heads, tokens, dim) for _ in range(3))
        rows = torch.randint(tokens, (SAMPLED_ROWS,), device="cuda")
        masks = bands(rows, frames, places, text, text if first else 0, density)
        want = errors_by_products(q.float(), k.float(), v.float(), rows, masks)

        def measure(peer, errors):
            worst = ((errors(q, k, v, rows, masks).float() - want).norm() / want.norm()).item()
            ms = milliseconds(lambda: errors(q, k, v, rows, masks), launches)
            say({"peer": peer, "work": "profile", "shape": shape, "ms": round(ms, 3), "rows": SAMPLED_ROWS,
                 "density": density, "error": round(worst, 4)})

        for peer, errors in ways.items():
            yield attempt(peer, lambda: measure(peer, errors), work="profile", shape=shape)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--only", default="eager,compile,profile")
    arguments.add_argument("--launches", type=int, default=10)
    arguments.add_argument("--density", type=float, default=0.25)
    given = arguments.parse_args()
    machine()
    torch.manual_seed(0)
    parts = given.only.split(",")
    done = list(splits([way for way in ("eager", "compile") if way in parts], given.launches))
    if "profile" in parts:
        done += profiles(given.density, given.launches)
    return not all(done)


if __name__ == "__main__":
    with torch.inference_mode():
        failed = main()
    sys.exit(failed)
