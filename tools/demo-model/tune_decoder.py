"""Stage 1b: fits the autoencoder's decoder to the latents of whole clips, encoder unchanged (so the denoiser's latents stay valid).

    python tune_decoder.py VAE_FOLDER OUT_FOLDER --minutes 30 [--clips 96]

train_vae.py at window 9 never shows the decoder a second chunk, whose convolutions continue from the caches of the one before; here every step walks
through all four chunks of a clip. Works on crops of the latents and is small enough for a CPU.
"""
import argparse
import math
import time

import numpy as np
import torch

import nets as N
import scenes as S

ap = argparse.ArgumentParser()
ap.add_argument("vae")
ap.add_argument("out")
ap.add_argument("--minutes", type=float, default=30)
ap.add_argument("--clips", type=int, default=96)
ap.add_argument("--crop", type=int, default=24)
ap.add_argument("--batch", type=int, default=1)
ap.add_argument("--lr", type=float, default=4e-4)
ap.add_argument("--seed", type=int, default=31)
ap.add_argument("--no-compile", action="store_true")
args = ap.parse_args()
START = time.time()
device = "cuda" if torch.cuda.is_available() else "cpu"
CUTS = [(0, 3), (3, 5), (5, 7), (7, 9)]


def log(*a):
    print(f"[{time.time() - START:.0f}s]", *a, flush=True)


def main():
    from diffusers import AutoencoderKLCogVideoX
    torch.manual_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    vae = AutoencoderKLCogVideoX.from_pretrained(args.vae).to(device).float()
    for p in vae.encoder.parameters():
        p.requires_grad_(False)
    opt = N.Optimiser([(n, p) for n, p in vae.named_parameters() if n.startswith("decoder")], args.lr, (0.9, 0.97), 0.0)
    vae.to(torch.bfloat16)
    fast = N.FastVae(vae, conv2d=True)
    scenes = S.make_scenes(args.clips, args.seed)
    videos, masks, latents = [], [], []

    def encode(sc):
        v, m = S.render(sc, device)
        with torch.no_grad():
            z = fast.encode((v * 2 - 1).permute(0, 2, 3, 4, 1).bfloat16())[..., :N.CHANNELS]
        return v, m, z

    test = [encode(S.make_scenes(6, 900001).part(k, k + 1)) for k in range(6)]

    def measure(which):
        rows = []
        with torch.no_grad():
            for v, _, z in [test[k] for k in which]:
                y = (fast.decode(z).float().permute(0, 4, 1, 2, 3) / 2 + 0.5).clamp(0, 1)
                e = (y - v).square()
                rows.append([-10 * math.log10(e[:, :, a:b].mean()) for a, b in ((0, 33), (0, 9), (9, 17), (17, 25), (25, 33))])
        return np.array(rows).mean(0).round(2).tolist()

    log("before, clip and its chunks:", measure([0, 2, 3]))

    def chunk_loss(z, x, w, cache):
        y = fast.decode_chunk(z, cache).float()
        e = y - x
        edges = (w[:, :, :, 1:] * (e[:, :, :, 1:] - e[:, :, :, :-1]).abs()).mean() + (w[:, :, 1:] * (e[:, :, 1:] - e[:, :, :-1]).abs()).mean()
        return (w * e.abs()).mean() + 2 * (w * e * e).mean() + 0.4 * edges, e.detach().square().mean(), cache

    fn = chunk_loss if args.no_compile else torch.compile(chunk_loss, dynamic=False)
    end, at, total, c = START + args.minutes * 60, 0, [], args.crop
    begin = time.time()
    while time.time() < end:
        if len(latents) < args.clips and (at % 4 == 0 or len(latents) < 2):  # encode as we go
            v, m, z = encode(scenes.part(len(latents), len(latents) + 1))
            videos.append((v * 255).round().to(torch.uint8)), masks.append((m * 255).to(torch.uint8)), latents.append(z)
        k = int(rng.integers(len(latents))) if at % 2 else len(latents) - 1
        o = rng.integers(2) if scenes.shape[k, 1] >= 0 else 0
        x, y = (scenes.tracks[k, o, j, rng.integers(S.FRAMES)] / 4 - c / 2 + rng.uniform(-c / 4, c / 4) for j in (0, 1))
        x, y = (int(np.clip(round(v), 0, N.LATENT - c)) for v in (x, y))
        cache, sums = {}, []
        for a, b in CUTS:
            f0, f1 = (0 if a == 0 else 4 * a - 3), 4 * b - 3
            cut = np.s_[:, :, f0:f1, 4 * y:4 * (y + c), 4 * x:4 * (x + c)]
            target = (videos[k][cut].float() / 127.5 - 1).permute(0, 2, 3, 4, 1)
            weight = (1 + 3 * masks[k][cut].float() / 255).permute(0, 2, 3, 4, 1)
            loss, mse, cache = fn(latents[k][:, a:b, y:y + c, x:x + c].contiguous(), target, weight, cache)
            loss.backward()
            cache = {n: t.detach().clone() for n, t in cache.items()}
            sums.append((float(loss.detach()), float(mse)))
        done = (time.time() - begin) / (end - begin)
        opt.set_factor(min(1, (at + 1) / 20) * max(0.02, 1 - max(0, done - 0.3) / 0.7))
        opt.step()
        for p in opt.p:
            p.grad = None
        at += 1
        opt.average(0.99, 1)
        total.append(sums)
        if at in (1, 5, 20) or at % 50 == 0:
            t = np.array(total[-50:]).mean(0)
            log(f"step {at} loss {t[:, 0].round(4).tolist()} psnr {(10 * np.log10(4 / t[:, 1])).round(2).tolist()} {(time.time() - begin) / at:.2f} s/step, {len(latents)} clips")
        if at % 150 == 0 or time.time() >= end:
            save(vae, opt)
            log("now:", measure([0, 2, 3]))


def save(vae, opt):
    """the moving average, in bf16, in OUT_FOLDER"""
    with torch.no_grad():
        now = [p.clone() for p in opt.p]
        for p, e in zip(opt.p, opt.ema):
            p.copy_(e)
        vae.save_pretrained(args.out)
        for p, v in zip(opt.p, now):
            p.copy_(v)


if __name__ == "__main__":
    main()
