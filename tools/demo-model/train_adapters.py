"""Trains two adapters (LoRA) for the shipped demo model, with PyTorch, sentencepiece and Pillow alone:

    python train_adapters.py MODEL OUT [--style-seconds 80] [--distil-seconds 230]

OUT/sunset.safetensors     every clip at sunset, whatever its caption says of the background (STYLES has others; lines are too fine for the autoencoder)
OUT/demo-4step.safetensors four steps without guidance in place of 50 with it, at times 999, 749, 499, 249

The second is distilled by segments of the model's own way (progressive distillation in one stride): from x at one of the four times the model goes to the
next in 12 small steps with guidance 3, and the adapter learns to arrive there in one. The first round begins at the model's own states, each later one at
the states that the adapter itself reaches, so that its errors do not add up. Prints how often the judge is right, of both and of the model at 50 steps.
"""
import argparse
import os
import time

import numpy as np
import torch

import judge as J
import nets as N
import plain as P
import scenes as S

ap = argparse.ArgumentParser()
ap.add_argument("model")
ap.add_argument("out")
ap.add_argument("--style", default="sunset", choices=["sunset", "sepia", "night"])
ap.add_argument("--style-seconds", type=float, default=80)
ap.add_argument("--distil-seconds", type=float, default=230)
ap.add_argument("--rounds", type=int, default=4)
ap.add_argument("--substeps", type=int, default=12)
ap.add_argument("--guidance", type=float, default=3.0)
ap.add_argument("--clips", type=int, default=4096)
ap.add_argument("--batch", type=int, default=32)
ap.add_argument("--judged", type=int, default=60)
ap.add_argument("--lr", type=float, default=2e-3)
ap.add_argument("--seed", type=int, default=5)
ap.add_argument("--compile", action="store_true")
args = ap.parse_args()
START = time.time()
cuda = torch.cuda.is_available()
device, half = ("cuda", torch.bfloat16) if cuda else ("cpu", torch.float32)
ATTENTION = ("attn1.to_q", "attn1.to_k", "attn1.to_v", "attn1.to_out.0", "ff.net.0.proj", "ff.net.2")
MODULATION = ("norm1.linear", "norm2.linear")
FOUR = P.times(4)


def log(*a):
    print(f"[{time.time() - START:.0f}s]", *a, flush=True)


class Lora:
    """products added to some of a denoiser's weights"""

    def __init__(self, net, layers, rank):
        self.net, self.names = net, [f"transformer_blocks.{i}.{m}" for i in range(N.LAYERS) for m in layers]
        shapes = [net.weights[n + ".weight"].shape for n in self.names]
        self.down = [(torch.randn(rank, s[1], device=device) / s[1] ** 0.5).requires_grad_() for s in shapes]
        self.up = [torch.zeros(s[0], rank, device=device).requires_grad_() for s in shapes]
        self.opt = torch.optim.Adam([{"params": self.down, "lr": args.lr * 0.5}, {"params": self.up, "lr": args.lr}], betas=(0.9, 0.98))
        self.rates = [g["lr"] for g in self.opt.param_groups]
        self.mean = [u.detach().clone() for u in self.up + self.down]
        self.steps = 0

    def weights(self, averaged=False):
        k = len(self.up)
        up, down = (self.mean[:k], self.mean[k:]) if averaged else (self.up, self.down)
        return {n + ".weight": (self.net.weights[n + ".weight"].float() + u @ d).to(half) for n, u, d in zip(self.names, up, down)}

    def learn(self, loss, done):
        """one step; `done`: share of the training that is over"""
        self.opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.up + self.down, 1.0)
        self.steps += 1
        for group, rate in zip(self.opt.param_groups, self.rates):
            group["lr"] = rate * min(1, self.steps / 50) * max(0.02, 1 - done)
        self.opt.step()
        with torch.no_grad():
            for mean, p in zip(self.mean, self.up + self.down):
                mean.lerp_(p, max(0.01, 1 / self.steps))

    def save(self, path, about):
        k, tensors = len(self.up), {}
        for n, u, d in zip(self.names, self.mean[:k], self.mean[k:]):
            tensors[f"transformer.{n}.lora_A.weight"], tensors[f"transformer.{n}.lora_B.weight"] = d, u
        P.write(path, tensors, {"format": "pt", "about": about})
        log(path, os.path.getsize(path), "bytes")


def sepia(v):
    g = (v * torch.tensor([0.35, 0.5, 0.15], device=v.device)[:, None, None, None]).sum(1, keepdim=True)
    return (g * torch.tensor([1.05, 0.86, 0.6], device=v.device)[:, None, None, None] + 0.04).clamp(0, 1)


def night(v):
    return (v * torch.tensor([0.3, 0.45, 0.8], device=v.device)[:, None, None, None] + torch.tensor([0.0, 0.02, 0.1], device=v.device)[:, None, None, None]).clamp(0, 1)


STYLES = {"sunset": lambda v: v, "sepia": sepia, "night": night}


def clips(vae, words, count, seconds):
    """styled clips: latents and the texts' embeddings"""
    end, lat, text, k = time.time() + seconds, [], [], 0
    while k < count and (time.time() < end or not lat):
        scenes = S.make_scenes(32 if cuda else 2, args.seed * 1000 + k, captions=1)
        if args.style == "sunset":  # whatever background the caption asks for
            scenes.background[:] = S.BACKGROUNDS.index("sunset")
        with torch.no_grad():
            v, _ = S.render(scenes, device)
            lat.append(vae.latents(STYLES[args.style](v).clamp(0, 1)))
        text.append(words([c[0] for c in scenes.captions]))
        k += len(v)
    return torch.cat(lat), torch.cat(text)


def train_style(net, vae, words):
    lora = Lora(net, ATTENTION, 6)
    begin = time.time()
    lat, text = clips(vae, words, args.clips, args.style_seconds * 0.3)
    log(len(lat), "styled clips")
    empty, total, n = words([""]), 0.0, 0
    while time.time() - begin < args.style_seconds or n == 0:
        i = torch.randint(len(lat), (args.batch,), device=device)
        t = ((torch.arange(args.batch, device=device) + torch.rand(args.batch, device=device)) / args.batch * 1000).long().clamp(0, 999)
        a, e = net.alpha[t][:, None, None, None, None], torch.randn_like(lat[i])
        x, v = a.sqrt() * lat[i] + (1 - a).sqrt() * e, a.sqrt() * e - (1 - a).sqrt() * lat[i]
        said = torch.where(torch.rand(args.batch, 1, 1, device=device) < 0.1, empty, text[i])
        loss = (net.v(x, said, t, lora.weights()) - v).square().mean()
        lora.learn(loss, (time.time() - begin) / args.style_seconds)
        total, n = total + (loss.item() if n % 50 == 0 else 0), n + 1
        if n % 500 == 0:
            log("style step", n, "loss", total / 10)
            total = 0.0
    lora.save(f"{args.out}/{args.style}.safetensors", f"style {args.style} for svgen's demo model")
    return lora


def segments(net, words, empty, seed, seconds, lora):
    """states x at the four times, and where the model arrives from there; `lora` reaches the states, or the model itself if it is None"""
    rng, end, found, k = np.random.default_rng(seed), time.time() + seconds, [], 0
    changed = None if lora is None else lora.weights(averaged=True)
    n = 64 if cuda else 1
    while time.time() < end or not found:
        text = words([c[0] for c in S.make_scenes(n, int(rng.integers(1 << 40)), captions=1).captions])
        x = torch.randn(n, N.LATENT_FRAMES, N.CHANNELS, N.LATENT, N.LATENT, device=device)
        for s, (t, to) in enumerate(zip(FOUR, FOUR[1:])):
            small = [int(q) for q in np.round(np.linspace(t, to, args.substeps + 1))]
            y = net.sample(x, text, empty, small, args.guidance)
            found.append((x, y, text, torch.full((n,), s, device=device)))
            x = y if lora is None else net.sample(x, text, empty, [t, to], 1, changed)
        k += n
    return [torch.cat([f[i] for f in found]) for i in range(4)], k


def train_distilled(net, words):
    lora, empty, begin = Lora(net, ATTENTION + MODULATION, 10), words([""]), time.time()
    alpha = torch.stack([net.level(t) for t in FOUR])
    pool, share = None, args.distil_seconds / args.rounds
    for r in range(args.rounds):
        more, k = segments(net, words, empty, args.seed * 77 + r, share * 0.45, None if r == 0 else lora)
        pool = more if pool is None else [torch.cat([p[-3 * len(m):], m]) for p, m in zip(pool, more)]
        log("round", r, "ways", k, "pool", len(pool[0]))
        until, total, n = begin + (r + 1) * share, 0.0, 0
        while time.time() < until or n == 0:
            i = torch.randint(len(pool[0]), (args.batch,), device=device)
            x, y, text, s = (p[i] for p in pool)
            a, b = (alpha[s + q][:, None, None, None, None] for q in (0, 1))
            f = ((1 - b) / (1 - a)).sqrt()
            x0 = (y - f * x) / (b.sqrt() - a.sqrt() * f)
            v = (a.sqrt() * x - x0) / (1 - a).sqrt()
            t = torch.tensor(FOUR, device=device)[s]
            each = (net.v(x, text, t, lora.weights()) - v).square().mean((1, 2, 3, 4))
            loss = (each + 1e-4).sqrt().mean()  # a few far targets do not pull more than the many near ones
            lora.learn(loss, (time.time() - begin) / args.distil_seconds)
            total, n = total + (each.mean().item() if n % 50 == 0 else 0), n + 1
            if n % 500 == 0:
                log("distil step", n, "error", total / 10)
                total = 0.0
    lora.save(f"{args.out}/demo-4step.safetensors", "four steps of svgen's demo model, guidance 1")
    return lora


def judged(net, vae, words, name, times, guidance, changed, count, sheet=6):
    """how often background, colour, shape and motion are all right, of one-object captions that training never saw; a picture alone for a style"""
    scenes = S.make_scenes(count, 900, objects=1, only_held_out=True, captions=1)
    noise = torch.randn(count, N.LATENT_FRAMES, N.CHANNELS, N.LATENT, N.LATENT, generator=torch.Generator().manual_seed(1)).to(device)
    rows, shown, empty, began = [], [], words([""]), time.time()
    for k in range(0, count, 20):
        text = words([c[0] for c in scenes.captions[k:k + 20]])
        with torch.no_grad():
            videos = vae.video(net.sample(noise[k:k + 20], text, empty, times, guidance, changed))
        shown += list(videos[:max(0, sheet - len(shown))])
        if count > sheet:
            rows += [J.score(J.judge(v), J.truth(scenes, k + i)) for i, v in enumerate(videos)]
    S.contact_sheet(shown, f"{args.out}/{name}.png", scale=0.6)
    log(name, {q: round(sum(r[q] for r in rows) / len(rows), 3) for q in (rows[0] if rows else [])}, f"{time.time() - began:.0f} s")


def main():
    os.makedirs(args.out, exist_ok=True)
    torch.manual_seed(args.seed)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    net = P.Denoiser(args.model, device, half, torch.compile(N.block, dynamic=False) if args.compile else N.block)
    vae, words = P.Vae(args.model + "/vae", device, half), P.Text(args.model, device, half)
    log("model read")
    style = train_style(net, vae, words)
    distilled = train_distilled(net, words)
    if args.judged:
        both = {**distilled.weights(averaged=True)}
        for n, w in style.weights(averaged=True).items():
            both[n] = (both[n].float() + w.float() - net.weights[n].float()).to(half)
        n = args.judged
        judged(net, vae, words, "four-steps", FOUR, 1, distilled.weights(averaged=True), n)
        judged(net, vae, words, "style", P.times(20), args.guidance, style.weights(averaged=True), 6)
        judged(net, vae, words, "style-four-steps", FOUR, 1, both, 6)
        judged(net, vae, words, "fifty-steps", P.times(50), args.guidance, None, n)
        judged(net, vae, words, "four-steps-without", FOUR, 1, None, n)


if __name__ == "__main__":
    main()
