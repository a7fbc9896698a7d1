#!/usr/bin/env python3
"""Prints ours beside the peers as a Markdown table, from peers.json and ours.json of all.sh.

    python3 tools/peers/table.py FOLDER

Ratios are the peer's time divided by ours: above 1, ours is faster. Where a figure was measured more
than once, the last one counts.
"""

import json
import pathlib
import sys

SHAPES = {"hunyuan-720p": "HunyuanVideo 720p", "cogvideox-1.5": "CogVideoX-1.5"}
MODELS = {
    "hunyuanvideo-13b": "HunyuanVideo-13B",
    "cogvideox-1.5-5b": "CogVideoX-1.5-5B",
    "wan2.1-14b": "Wan 14B, 720p",
    "wan2.1-1.3b": "Wan 2.1 1.3B, 480p",
    "wan2.2-ti2v-5b": "Wan 2.2 TI2V-5B",
}
PEERS = {
    "cudnn": "cuDNN, by torch",
    "flash": "FlashAttention, by torch",
    "flex": "flex_attention, the same band",
    "torch-eager": "torch, eager",
    "torch-compile": "torch.compile",
    "torch-sdpa": "torch's SDPA with masks",
    "diffusers-cudnn": "diffusers with cuDNN",
    "diffusers-flash": "diffusers with FlashAttention",
    "diffusers-cudnn-compile": "diffusers with cuDNN, its blocks compiled",
    "diffusers-decode": "diffusers",
    "diffusers-decode-benchmark": "diffusers, the fastest of cuDNN's kernels",
    "transformers": "transformers",
}
LAYERS = {  # of one layer's attention: what it is, and who else does it
    "attention": ("dense attention", ("cudnn", "flash")),
    "band": ("attention in a band", ("flex",)),
    "norm-rope-layout": ("norm, rotation, layout of q, k, v", ("torch-eager", "torch-compile")),
    "profile": ("profile of 64 rows", ("torch-eager", "torch-compile", "torch-sdpa")),
}
UNNAMED = {"cudnn": "attention", "flash": "attention", "flex": "band"}  # attention.py's lines tell no work


def lines(file):
    for line in file.read_text().splitlines() if file.exists() else ():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:  # its writer ran out of time
            print(f"{file}: no JSON: {line[:80]}", file=sys.stderr)


def read_peers(file):
    """Milliseconds by peer, work and shape; what they were measured on; what went wrong."""
    figures, machine, failures = {}, {}, []
    for line in lines(file):
        if "peer" not in line:
            machine.update(line)
            continue
        peer, shape = line["peer"], line.get("shape")
        if "failed" in line:
            what = [PEERS.get(peer, peer), line.get("work"), shape]
            failures.append(", ".join(filter(None, what)) + f": {line['failed']}")
            continue
        if not line.get("finite", True):
            failures.append(f"{PEERS[peer]}, {shape}: results are not finite")
        if "diffusers" in line:
            machine["diffusers"] = line["diffusers"]
        figures[peer, line.get("work", UNNAMED.get(peer)), shape] = line["ms"]
    return figures, machine, failures


def read_ours(file):
    """Milliseconds by work and shape; what they were measured on."""
    figures, devices = {}, set()
    for line in lines(file):
        devices.add(f"{line['device']}, {line['dtype']}")
        if "steps" in line:  # of bench attention
            step, shape = line["steps"][-1], line["shape"]["name"]
            figures["attention", shape] = line["dense_milliseconds"]
            figures["band", shape] = step["attention_milliseconds"]
            figures["norm-rope-layout", shape] = step["split_milliseconds"]
            figures["profile", shape] = step["profile_milliseconds"]
            figures["step", shape] = step["milliseconds"]
        elif "video" in line:  # of bench decode
            figures["decode", line["config"]] = 1e3 * line["seconds"]
        else:  # of bench denoise
            figures[line["attention"], line["config"]] = 1e3 * line["seconds"]
    return figures, devices


def rows(ours, peers):
    """What it is, ours, the peer, the peer's; in milliseconds, or None."""
    for shape, name in SHAPES.items():
        for work, (title, others) in LAYERS.items():
            for peer in others:
                yield f"{name}, {title}", ours.get((work, shape)), PEERS[peer], peers.get((peer, work, shape))
        parts = [
            min((ms for (_, what, at), ms in peers.items() if (what, at) == (work, shape)), default=None)
            for work in ("band", "norm-rope-layout", "profile")
        ]
        added = None if None in parts else sum(parts)
        yield f"{name}, whole sparse step", ours.get(("step", shape)), "the fastest of its parts above, added up", added
    for config, name in MODELS.items():
        for peer in ("diffusers-cudnn", "diffusers-cudnn-compile", "diffusers-flash"):
            ms = peers.get((peer, "forward", config))
            if ms is not None or peer == "diffusers-cudnn":
                yield f"{name}, dense forward", ours.get(("dense", config)), PEERS[peer], ms
                yield f"{name}, sparse forward", ours.get(("svg", config)), f"{PEERS[peer]}, dense", ms
        for peer in ("diffusers-decode", "diffusers-decode-benchmark"):
            ms = peers.get((peer, "decode", config))
            if ms is not None:
                yield f"{name}, decoding", ours.get(("decode", config)), PEERS[peer], ms


def text(ms):
    if ms is None:
        return "-"
    return f"{ms / 1e3:.2f} s" if ms >= 1e3 else f"{ms:.1f} ms" if ms >= 100 else f"{ms:.2f} ms"


def version(cudnn):
    return f"{cudnn // 10000}.{cudnn // 100 % 100}.{cudnn % 100}"


def main():
    folder = pathlib.Path(sys.argv[1])
    peers, machine, failures = read_peers(folder / "peers.json")
    ours, devices = read_ours(folder / "ours.json")
    if "cudnn" in machine:
        machine["cuDNN"] = version(machine["cudnn"])
    software = [f"{name} {machine[name]}" for name in ("driver", "torch", "cuDNN", "diffusers") if machine.get(name)]
    print(f"Peers: {', '.join([machine.get('device', 'not measured'), *software])}; {machine.get('date', 'no date')}.")
    print(f"Ours: {'; '.join(sorted(devices)) or 'not measured'}.")
    print("\n| | ours | peer | peer's | peer / ours |\n| --- | --- | --- | --- | --- |")
    for what, own, peer, other in rows(ours, peers):
        ratio = f"**{other / own:.2f}**" if own and other else "-"
        print(f"| {what} | {text(own)} | {peer} | {text(other)} | {ratio} |")
    for failure in failures:
        print(f"\nFailed: {failure}")


if __name__ == "__main__":
    main()
