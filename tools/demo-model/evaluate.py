"""Stage 3: measures the model; every finished clip is added to OUT/results.json, so a later call goes on from there.

    python evaluate.py MODEL OUT --part accuracy --n 200      captions held out from training, judged by judge.py
    python evaluate.py MODEL OUT --part sparse --n 8          dense against svg, spatial-only and temporal-only, same seed
    python evaluate.py MODEL OUT --part cost                  FLOPs of a denoiser call and of a decode

Works on a GPU (seconds a clip at --batch 16) and on a CPU (a minute or two a clip).
"""
import argparse
import json
import math
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
ap.add_argument("--guidance", type=float, default=4.0)
ap.add_argument("--densities", default="0.3,0.5,0.2")
ap.add_argument("--kinds", default="svg,spatial,temporal")
ap.add_argument("--warmup", type=float, default=0.2)
ap.add_argument("--dtype", default="bfloat16")
ap.add_argument("--prompts", help="numbers of svgen.json's prompts, such as 2,4")
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
    def generate(self, texts, seeds, attend=None, start=0, at_step=None, noise=None):
        text, empty = (N.t5(self.te, self.tokenize(t).to(device), self.buckets) for t in (texts, [""]))
        shape = (N.LATENT_FRAMES, N.CHANNELS, N.LATENT, N.LATENT)
        noise = noise if noise is not None else torch.stack([torch.randn(shape, generator=torch.Generator().manual_seed(s)) for s in seeds]).to(device)
        return N.decode_latents(self.vae, N.sample(self.tr, text, empty, noise, args.steps, args.guidance, attend=attend, dtype=dtype, start=start, at_step=at_step))


def results():
    path = args.out + "/results.json"
    return json.load(open(path)) if os.path.exists(path) else {"accuracy": {}, "sparse": {}, "cost": {}}


def keep(r):
    with open(args.out + "/results.json.new", "w") as f:
        json.dump(r, f, indent=1)
    os.replace(args.out + "/results.json.new", args.out + "/results.json")


def accuracy(model):
    scenes = S.make_scenes(args.n, 7000 + args.objects, objects=args.objects, only_held_out=args.objects == 1)
    name = f"{args.objects} object{'s' * (args.objects > 1)}, {args.steps} steps, guidance {args.guidance}"
    for i in range(0, args.n, args.batch):
        done = results()["accuracy"].get(name, [])
        if len(done) > i:
            continue
        if time.time() - START > args.minutes * 60:
            break
        some = list(range(i, min(i + args.batch, args.n)))
        clips = model.generate([scenes.captions[k][0] for k in some], [1000 + k for k in some])
        os.makedirs(args.out + "/clips", exist_ok=True)
        for k, v in zip(some, clips):
            said = J.judge(v)
            row = J.score(said, J.truth(scenes, k)) | {"caption": scenes.captions[k][0], "said": {c: list(o) for c, o in said["objects"].items()} | {"on": said["background"]}}
            done.append(row)
            S.contact_sheet([v], f"{args.out}/clips/{args.objects}_{k:03d}.png", scale=0.6)
        r = results()
        r["accuracy"][name] = done
        keep(r)
        share = {k: round(sum(d[k] for d in done) / len(done), 3) for k in ("background", "colour", "shape", "motion", "all")}
        print(f"[{time.time() - START:.0f}s]", name, len(done), share, "|", done[-1]["caption"], "->", done[-1]["said"], flush=True)


def sparse(model, prompts):
    for i in map(int, args.prompts.split(",")) if args.prompts else range(min(args.n, len(prompts))):
        prompt = prompts[i]
        base, before = None, {}
        for density in map(float, args.densities.split(",")):
            for kind in args.kinds.split(","):
                name = f"{kind}, density {density}, warm-up {args.warmup}, {args.steps} steps, guidance {args.guidance}, {args.dtype}"
                if prompt in {d["prompt"] for d in results()["sparse"].get(name, [])}:
                    continue
                if time.time() - START > args.minutes * 60:
                    return
                slug = f"{args.out}/dense_{prompt.replace(' ', '-')}_{args.steps}_{args.guidance}"
                if base is None and os.path.exists(slug + ".pt"):
                    base, before, dense_seconds = torch.load(slug + ".pt")
                if base is None:
                    t = time.time()
                    base = model.generate([prompt], [42], at_step=lambda k, x: before.update({k: x}))[0]
                    dense_seconds = time.time() - t
                    torch.save((base, before, dense_seconds), slug + ".pt")
                    S.contact_sheet([base], slug + ".png", scale=0.6)
                svg, warm = bands.Svg(density, kind), int(args.warmup * args.steps)
                t = time.time()
                clip = model.generate([prompt], [42], lambda step: [svg.layer(k) for k in range(N.LAYERS)], start=warm, noise=before[warm])[0]  # the dense steps are the same
                row = {"prompt": prompt, "psnr": psnr(base, clip), "ssim": ssim(base, clip), "seconds": time.time() - t, "dense_seconds": dense_seconds,
                       "spatial_per_layer": (svg.counts[:, 0] / svg.counts.sum(1)).tolist(), "error": float(np.mean(svg.error)) if svg.error else None}
                r = results()
                r["sparse"].setdefault(name, []).append(row)
                keep(r)
                S.contact_sheet([clip], slug + f"_{kind}_{density}.png", scale=0.6)
                print(f"[{time.time() - START:.0f}s]", name, "|", prompt, "| PSNR %.2f SSIM %.4f" % (row["psnr"], row["ssim"]), [round(v, 2) for v in row["spatial_per_layer"]], flush=True)


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
    model = Model(args.model)
    if args.part == "accuracy":
        accuracy(model)
    elif args.part == "sparse":
        sparse(model, json.load(open(args.model + "/svgen.json"))["prompts"])
    else:
        cost(model)


if __name__ == "__main__":
    main()
