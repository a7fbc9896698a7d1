"""Stage 3: measures the model; results are added to OUT/results.json, so a later call goes on from there.

    python evaluate.py MODEL OUT --part accuracy --n 200 --batch 32      captions held out from training, judged by judge.py
    python evaluate.py MODEL OUT --part accuracy --objects 2 --n 100 --guidance 2,3,4,6
    python evaluate.py MODEL OUT --part sparse --n 16 --batch 16         dense against svg, spatial-only and temporal-only, same seed
    python evaluate.py MODEL OUT --part cost                             FLOPs of a denoiser call and of a decode

Works on a GPU (a tenth of a second a clip in batches) and on a CPU (a minute or two a clip).
"""
import argparse
import json
import math
import multiprocessing as mp
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

import bands
import judge as J
import nets as N
import scenes as S

ap = argparse.ArgumentParser()
ap.add_argument("model")
ap.add_argument("out")
ap.add_argument("--part", choices=["accuracy", "sparse", "cost"], default="accuracy")
ap.add_argument("--objects", type=int, default=1)
ap.add_argument("--n", type=int, default=200)
ap.add_argument("--batch", type=int, default=1)
ap.add_argument("--steps", type=int, default=30)
ap.add_argument("--guidance", default="4", help="one or several, such as 2,3,4")
ap.add_argument("--densities", help="sparse: 0.3,0.5,0.2 unless told; accuracy: one, judges svg's clips instead of dense ones")
ap.add_argument("--kinds", default="svg,spatial,temporal")
ap.add_argument("--warmup", type=float, default=0.2)
ap.add_argument("--rows", type=int, default=64, help="rows sampled to choose a head's band")
ap.add_argument("--tolerance", type=float, default=math.inf, help="svg: a head stays dense whose better band has a larger relative error")
ap.add_argument("--dense-layers", type=int, default=0)
ap.add_argument("--seed", type=int, default=42, help="sparse: of the noise")
ap.add_argument("--dtype", default="bfloat16")
ap.add_argument("--first-clip", type=int, default=0, help="accuracy: number of the first caption, so that a search can use others than the test")
ap.add_argument("--minutes", type=float, default=1e9)
args = ap.parse_args()
START = time.time()
device = "cuda" if torch.cuda.is_available() else "cpu"
dtype = getattr(torch, args.dtype)


def psnr(a, b):
    return -10 * math.log10(max(1e-10, float((a - b).square().mean())))


def ssim(a, b):
    """mean over frames and channels, Gaussian window 11, sigma 1.5; clips [3,f,h,w]"""
    g = torch.exp(-((torch.arange(11) - 5.0) ** 2) / 4.5)
    g = (g / g.sum()).to(a.device)
    w = (g[:, None] * g[None])[None, None]

    def mean(x):
        return F.conv2d(x.reshape(-1, 1, *x.shape[-2:]), w)

    ma, mb = mean(a), mean(b)
    va, vb, vab = mean(a * a) - ma ** 2, mean(b * b) - mb ** 2, mean(a * b) - ma * mb
    return float(((2 * ma * mb + 1e-4) * (2 * vab + 9e-4) / ((ma ** 2 + mb ** 2 + 1e-4) * (va + vb + 9e-4))).mean())


class Model:
    def __init__(self, folder):
        self.tr, self.te, self.vae, self.tokenize = N.load(folder, device, dtype)
        self.vae.to(torch.bfloat16)
        self.buckets = N.t5_bias(self.te, S.MAX_TOKENS, device)

    @torch.no_grad()
    def generate(self, texts, noise, guidance, attend=None, start=0, at_step=None):
        text, empty = (N.t5(self.te, self.tokenize(t).to(device), self.buckets) for t in (texts, [""]))
        x = N.sample(self.tr, text, empty, noise, args.steps, guidance, attend=attend, dtype=dtype, start=start, at_step=at_step)
        return N.decode_latents(self.vae, x)


def settings(density, kind="svg"):
    """for the names of results, and the attention itself"""
    svg = bands.Svg(density, kind, rows=args.rows, dense_layers=args.dense_layers, tolerance=args.tolerance)
    name = f"{kind}, density {density}, warm-up {args.warmup}" + f", dense layers {args.dense_layers}" * (args.dense_layers > 0)
    name += f", tolerance {args.tolerance:g}" * (args.tolerance < math.inf and kind == "svg")
    sparse = [svg.layer(k) for k in range(N.LAYERS)]
    return name, svg, lambda step: sparse if step >= int(args.warmup * args.steps) else F.scaled_dot_product_attention


def noise(seeds):
    shape = (N.LATENT_FRAMES, N.CHANNELS, N.LATENT, N.LATENT)
    return torch.stack([torch.randn(shape, generator=torch.Generator().manual_seed(s)) for s in seeds]).to(device)


def results():
    path = args.out + "/results.json"
    return json.load(open(path)) if os.path.exists(path) else {"accuracy": {}, "sparse": {}, "cost": {}}


def keep(r):
    with open(args.out + "/results.json.new", "w") as f:
        json.dump(r, f, indent=1)
    os.replace(args.out + "/results.json.new", args.out + "/results.json")


def rate(task):
    """one clip as bytes [3,33,160,160], judged in a process of its own"""
    clip, want, caption = task
    torch.set_num_threads(1)
    said = J.judge(torch.from_numpy(clip).float() / 255)
    return J.score(said, want) | {"caption": caption, "said": {c: list(o) for c, o in said["objects"].items()} | {"on": said["background"]}}


def accuracy(model, workers, guidance):
    last = args.first_clip + args.n
    scenes = S.make_scenes(last, 7000 + args.objects, objects=args.objects, only_held_out=args.objects == 1)
    name = f"{args.objects} object{'s' * (args.objects > 1)}, {args.steps} steps, guidance {guidance:g}"
    name += f", captions from {args.first_clip}" if args.first_clip else ""
    attend = None
    if args.densities:
        tag, _, attend = settings(float(args.densities))
        name += ", " + tag
    done = results()["accuracy"].get(name, [])
    shown, missed = [], []
    for i in range(args.first_clip + len(done), last, args.batch):
        if time.time() - START > args.minutes * 60:
            break
        some = range(i, min(i + args.batch, last))
        clips = model.generate([scenes.captions[k][0] for k in some], noise([1000 + k for k in some]), guidance, attend)
        tasks = [((v * 255).round().byte().cpu().numpy(), J.truth(scenes, k), scenes.captions[k][0]) for k, v in zip(some, clips)]
        rows = workers.map(rate, tasks, chunksize=1)
        done += rows
        shown += [torch.from_numpy(t[0]) / 255 for t in tasks[:max(0, 16 - len(shown))]]
        missed += [torch.from_numpy(t[0]) / 255 for t, r in zip(tasks, rows) if not r["all"]][:max(0, 16 - len(missed))]
        r = results()
        r["accuracy"][name] = done
        keep(r)
    share = {k: round(sum(d[k] for d in done) / len(done), 3) for k in ("background", "colour", "shape", "motion", "all")}
    print(f"[{time.time() - START:.0f}s]", name, len(done), share, flush=True)
    for tag, clips in (("shown", shown), ("missed", missed)):
        if clips:
            S.contact_sheet(clips, f"{args.out}/{tag}_{args.objects}_{args.steps}_{guidance:g}{'_svg' * bool(args.densities)}.png", scale=0.5)


def sparse(model, guidance):
    """the model's eight prompts, then held-out captions, in batches"""
    known = args.model + "/svgen.json"
    prompts = ((json.load(open(known))["prompts"] if os.path.exists(known) else S.PROMPTS) + [c[0] for c in S.make_scenes(200, 7001, objects=1, only_held_out=True).captions])[:args.n]
    for i in range(0, len(prompts), args.batch):
        some, before = prompts[i:i + args.batch], {}
        warm, start = int(args.warmup * args.steps), noise([args.seed] * len(some))
        base = model.generate(some, start, guidance, at_step=lambda k, x: before.update({k: x} if k == warm else {}))
        for density in map(float, (args.densities or "0.3,0.5,0.2").split(",")):
            for kind in args.kinds.split(","):
                name, svg, attend = settings(density, kind)
                name += f", {args.steps} steps, guidance {guidance:g}, {args.dtype}" + f", seed {args.seed}" * (args.seed != 42)
                if some[0] in {d["prompt"] for d in results()["sparse"].get(name, [])}:
                    continue
                if time.time() - START > args.minutes * 60:
                    return
                clips = model.generate(some, before[warm], guidance, attend, start=warm)  # after the same dense steps
                share, kept = svg.shares(), (warm + (args.steps - warm) * svg.kept()) / args.steps
                rows = [{"prompt": p, "psnr": psnr(b, c), "ssim": ssim(b, c), "kept": float(kept[k]), "spatial_per_layer": share[:, k, 0].tolist(),
                         "dense_per_layer": share[:, k, 2].tolist()} for k, (p, b, c) in enumerate(zip(some, base, clips))]
                r = results()
                r["sparse"].setdefault(name, []).extend(rows)
                errors = [torch.stack(e).mean((0, 1)).tolist() if e else None for e in svg.errors]
                if kind == "svg":
                    r.setdefault("relative error by layer and head", {})[f"{name}, prompts from {i}"] = errors
                keep(r)
                values = sorted(d["psnr"] for d in r["sparse"][name])
                print(f"[{time.time() - START:.0f}s]", name, len(values), "prompts: PSNR mean %.2f median %.2f least %.2f" % (np.mean(values), np.median(values), values[0]),
                      "SSIM %.4f kept %.3f" % tuple(np.mean([d[k] for d in r["sparse"][name]]) for k in ("ssim", "kept")), "spatial by layer", [round(float(v), 2) for v in share[..., 0].mean(1)],
                      "dense", [round(float(v), 2) for v in share[..., 2].mean(1)], flush=True)
                if i == 0:
                    S.contact_sheet(list(clips), f"{args.out}/{name.replace(', ', '_').replace(' ', '-')}.png", scale=0.5)
        S.contact_sheet(list(base), f"{args.out}/dense_{i}.png", scale=0.5)


def cost(model):
    from torch.utils.flop_counter import FlopCounterMode
    x, text = torch.zeros(1, N.LATENT_FRAMES, N.CHANNELS, N.LATENT, N.LATENT, dtype=dtype, device=device), torch.zeros(1, S.MAX_TOKENS, 128, dtype=dtype, device=device)
    cos, sin = N.rope(device)
    with torch.no_grad(), FlopCounterMode(display=False) as c:
        N.denoise(model.tr, x, text, torch.zeros(1, dtype=torch.long, device=device), N.text_mask(bands.VIDEO, device), cos, sin)
    attention = N.LAYERS * 4 * bands.TOTAL ** 2 * N.HEADS * N.HEAD_DIM
    total = c.get_total_flops()
    parts = {str(k): v for k, v in c.get_flop_counts()["Global"].items()}
    if not any("attention" in k for k in parts):
        total += attention
    with torch.no_grad(), FlopCounterMode(display=False) as c:
        model.vae.decode(torch.zeros(1, N.CHANNELS, N.LATENT_FRAMES, N.LATENT, N.LATENT, dtype=torch.bfloat16, device=device))
    r = results()
    r["cost"] = {"denoiser": total, "attention": attention, "attention_share": attention / total, "decode": c.get_total_flops()}
    keep(r)
    print(r["cost"])


def main():
    os.makedirs(args.out, exist_ok=True)
    workers = mp.get_context("fork").Pool(os.cpu_count()) if args.part == "accuracy" else None  # before the device is touched
    model = Model(args.model)
    if args.part == "cost":
        cost(model)
        return
    for guidance in map(float, args.guidance.split(",")):
        if args.part == "accuracy":
            accuracy(model, workers, guidance)
        else:
            sparse(model, guidance)


if __name__ == "__main__":
    main()
