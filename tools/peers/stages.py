#!/usr/bin/env python3
"""Times what stands around Wan's transformer, as diffusers and transformers compute it, one JSON line a figure.

    PYTHONPATH=FOLDER/src python3 tools/peers/stages.py [--only decode,text] [--launches 1] >> peers.json

decode: AutoencoderKLWan, a whole video in bf16 without tiles, with cuDNN's own choice of kernels and
with the fastest of those that it tries (benchmark). text: the encoder of UMT5-xxl, 512 tokens, in
bf16, weights on the GPU. Weights and inputs are random. CUDA events, median after one run. FOLDER as
in forward.py; text needs transformers.
"""

import argparse
import gc
import sys

import torch

from attention import attempt, machine, milliseconds, say

TEXT_TOKENS = 512
# config: width, height, frames, pixels that a latent stands for
VIDEOS = {"wan2.1-14b": (1280, 720, 81, 8), "wan2.2-ti2v-5b": (1280, 704, 121, 16)}


def decode(name, tried, launches):
    from diffusers.models.autoencoders.autoencoder_kl_wan import AutoencoderKLWan

    from forward import TEMPORAL, build, normal

    width, height, frames, ratio = VIDEOS[name]
    model = build(AutoencoderKLWan, name, "vae")
    latents = normal(1, model.config.z_dim, (frames - 1) // TEMPORAL + 1, height // ratio, width // ratio)
    torch.backends.cudnn.benchmark = tried
    torch.cuda.reset_peak_memory_stats()
    last = []

    def work():
        last[:] = model.decode(latents, return_dict=False)

    with torch.inference_mode():
        ms = milliseconds(work, launches)
    torch.backends.cudnn.benchmark = False
    say({
        "peer": decoder(tried),
        "work": "decode",
        "shape": name,
        "ms": round(ms, 1),
        "frames": last[0].shape[2],
        "finite": bool(last[0].isfinite().all()),
        "peak_gib": round(torch.cuda.max_memory_allocated() / 2**30, 1),
    })


def decoder(tried):
    return "diffusers-decode-benchmark" if tried else "diffusers-decode"


def text(launches):
    from transformers import UMT5Config, UMT5EncoderModel

    config = UMT5Config(
        d_model=4096, d_kv=64, d_ff=10240, num_layers=24, num_heads=64, vocab_size=256384, feed_forward_proj="gated-gelu"
    )
    torch.set_default_dtype(torch.bfloat16)
    try:
        with torch.device("cuda"):
            model = UMT5EncoderModel(config).eval()
    finally:
        torch.set_default_dtype(torch.float32)
    words = torch.randint(config.vocab_size, (1, TEXT_TOKENS), device="cuda")
    seen = torch.ones_like(words)
    last = []

    def work():
        last[:] = [model(words, seen).last_hidden_state]

    with torch.inference_mode():
        ms = milliseconds(work, launches + 2)
    say({
        "peer": "transformers",
        "work": "text",
        "shape": "umt5-xxl",
        "ms": round(ms, 2),
        "finite": bool(last[0].isfinite().all()),
        "peak_gib": round(torch.cuda.max_memory_allocated() / 2**30, 1),
    })


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--only", default="text,decode")
    arguments.add_argument("--config", default=",".join(VIDEOS))
    arguments.add_argument("--launches", type=int, default=1)
    given = arguments.parse_args()
    machine()
    torch.manual_seed(0)
    done = []
    for part in given.only.split(","):
        if part == "text":
            done.append(attempt("transformers", lambda: text(given.launches), work="text"))
        for name in given.config.split(",") if part == "decode" else ():
            for tried in (False, True):
                run = lambda: decode(name, tried, given.launches)
                done.append(attempt(decoder(tried), run, work="decode", shape=name))
                gc.collect()
                torch.cuda.empty_cache()
        gc.collect()
        torch.cuda.empty_cache()
    return not all(done)


if __name__ == "__main__":
    sys.exit(main())
