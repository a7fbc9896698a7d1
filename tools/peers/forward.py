#!/usr/bin/env python3
"""Times one forward of whole transformers as diffusers computes them, one JSON line a model.

    PYTHONPATH=FOLDER/src python3 tools/peers/forward.py [--attention cudnn] [--launches 2] [--compile] >> peers.json

FOLDER is where the archive of pack_diffusers.sh was unpacked; no PYTHONPATH is needed where diffusers
is installed. Weights and inputs are random normal bf16, so no checkpoint is needed; the configs are
those that svgen carries. CUDA events, median after one forward. Needs 80 GB of device memory.
--compile has torch compile the block that a model repeats, once, and times that.
"""

import argparse
import gc
import json
import pathlib
import sys

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from attention import attempt, machine, milliseconds, say

# The models do without these, and diffusers does where it finds none: less is loaded, fewer versions
# have to fit each other.
for package in ("transformers", "peft", "accelerate"):
    sys.modules[package] = None

CONFIGS = pathlib.Path(__file__).resolve().parents[2] / "bench/src/main/resources/org/svgen/bench"
BACKENDS = {"cudnn": SDPBackend.CUDNN_ATTENTION, "flash": SDPBackend.FLASH_ATTENTION}
DEVIATION = 0.02  # of weights, as svgen's synthetic ones have it
SPATIAL, TEMPORAL = 8, 4  # pixels and frames that a latent stands for, in most models


def build(kind, name, part="transformer"):
    """On the GPU and in bf16 from the start: elsewhere 13 billion weights take minutes."""
    config = json.loads((CONFIGS / name / f"{part}.json").read_text())
    torch.manual_seed(0)
    torch.set_default_dtype(torch.bfloat16)
    try:
        with torch.device("cuda"):
            model = kind.from_config(config)  # leaves out keys that this version does not know
    finally:
        torch.set_default_dtype(torch.float32)
    with torch.no_grad():
        for key, weight in model.named_parameters():
            factor = weight.ndim == 1 and key.endswith("weight") or key.endswith("gamma")  # of a norm
            weight.normal_(1.0 if factor else 0.0, DEVIATION)
    return model.eval()


def normal(*shape):
    return torch.randn(*shape, device="cuda", dtype=torch.bfloat16)


def cogvideox(name, width=1360, height=768, frames=81, batch=2, text=226):
    """Both guidance branches in one pass, as the pipeline calls it."""
    from diffusers.models.embeddings import get_3d_rotary_pos_embed
    from diffusers.models.transformers.cogvideox_transformer_3d import CogVideoXTransformer3DModel

    model = build(CogVideoXTransformer3DModel, name)
    config = model.config
    patch, patch_t = config.patch_size, config.patch_size_t
    latent = (frames - 1) // TEMPORAL + 1
    latent += -latent % patch_t  # the pipeline pads to whole patches, and drops those frames at the end
    rows, columns = height // SPATIAL, width // SPATIAL
    grid = (latent // patch_t, rows // patch, columns // patch)
    rotation = get_3d_rotary_pos_embed(
        embed_dim=config.attention_head_dim,
        crops_coords=None,
        grid_size=grid[1:],
        temporal_size=grid[0],
        grid_type="slice",
        max_size=(config.sample_height // patch, config.sample_width // patch),
        device=torch.device("cuda"),
    )
    return model, text + grid[0] * grid[1] * grid[2], {
        "hidden_states": normal(batch, latent, config.in_channels, rows, columns),
        "encoder_hidden_states": normal(batch, text, config.text_embed_dim),
        "timestep": torch.full((batch,), 500, device="cuda"),
        "image_rotary_emb": rotation,
    }


def hunyuan(name, width=1280, height=720, frames=129, batch=1, text=256):
    """One pass: guidance is an input."""
    from diffusers.models.attention_processor import Attention
    from diffusers.models.transformers.transformer_hunyuan_video import HunyuanVideoTransformer3DModel

    model = build(HunyuanVideoTransformer3DModel, name)
    # diffusers masks the padding of the text in every layer. Here all tokens of the text are valid, so
    # the mask keeps every pair; but no fast kernel takes one, and cuDNN spends a bias of N x N on it.
    # Without it the peer is at its best, and computes what ours does.
    for module in model.modules():
        if isinstance(module, Attention):
            module.register_forward_pre_hook(
                lambda _, args, kwargs: (args, {**kwargs, "attention_mask": None}), with_kwargs=True
            )
    config = model.config
    patch = config.patch_size
    latent, rows, columns = (frames - 1) // TEMPORAL + 1, height // SPATIAL, width // SPATIAL
    tokens = text + latent // config.patch_size_t * (rows // patch) * (columns // patch)
    return model, tokens, {
        "hidden_states": normal(batch, config.in_channels, latent, rows, columns),
        "timestep": torch.full((batch,), 500.0, device="cuda"),
        "encoder_hidden_states": normal(batch, text, config.text_embed_dim),
        "encoder_attention_mask": torch.ones(batch, text, device="cuda", dtype=torch.bfloat16),
        "pooled_projections": normal(batch, config.pooled_projection_dim),
        "guidance": torch.full((batch,), 6000.0, device="cuda", dtype=torch.bfloat16),
    }


def wan(name, width=1280, height=720, frames=81, spatial=SPATIAL, text=512):
    """One branch of guidance: the pipeline calls the model once for each."""
    from diffusers.models.transformers.transformer_wan import WanTransformer3DModel

    model = build(WanTransformer3DModel, name)
    config = model.config
    latent, rows, columns = (frames - 1) // TEMPORAL + 1, height // spatial, width // spatial
    patch_t, patch_h, patch_w = config.patch_size
    tokens = latent // patch_t * (rows // patch_h) * (columns // patch_w)
    return model, tokens, {
        "hidden_states": normal(1, config.in_channels, latent, rows, columns),
        "timestep": torch.full((1,), 500.0, device="cuda"),
        "encoder_hidden_states": normal(1, text, config.text_dim),
    }


MODELS = {
    "cogvideox-1.5-5b": cogvideox,
    "hunyuanvideo-13b": hunyuan,
    "wan2.1-14b": wan,
    "wan2.1-1.3b": lambda name: wan(name, 832, 480),
    "wan2.2-ti2v-5b": lambda name: wan(name, 1280, 704, 121, spatial=16),
}


def forward(name, attention, launches, compiled):
    import diffusers

    torch.cuda.reset_peak_memory_stats()
    model, tokens, inputs = MODELS[name](name)
    if compiled:
        model.compile_repeated_blocks(fullgraph=True, dynamic=False)
    last = []

    def work():
        last[:] = model(**inputs, return_dict=False)

    # One backend alone: where it does not take the call, this fails and falls back to nothing slower.
    with torch.inference_mode(), sdpa_kernel(BACKENDS[attention]):
        ms = milliseconds(work, launches)
    say({
        "peer": peer(attention, compiled),
        "work": "forward",
        "shape": name,
        "ms": round(ms, 1),
        "tokens": tokens,
        "finite": bool(last[0].isfinite().all()),
        "peak_gib": round(torch.cuda.max_memory_allocated() / 2**30, 1),
        "diffusers": diffusers.__version__,
        "torch": torch.__version__,
    })


def peer(attention, compiled):
    return f"diffusers-{attention}" + ("-compile" if compiled else "")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--only", default=",".join(MODELS))
    arguments.add_argument("--attention", default="cudnn", choices=BACKENDS)
    arguments.add_argument("--launches", type=int, default=2)
    arguments.add_argument("--compile", action="store_true")
    given = arguments.parse_args()
    machine()
    done = []
    for name in given.only.split(","):
        done.append(
            attempt(
                peer(given.attention, given.compile),
                lambda: forward(name, given.attention, given.launches, given.compile),
                work="forward",
                shape=name,
            )
        )
        gc.collect()  # models hold themselves in circles
        torch.cuda.empty_cache()
    return not all(done)


if __name__ == "__main__":
    sys.exit(main())
