"""Stage 1: trains the video autoencoder on freshly drawn clips and saves OUT/vae.

    python train_vae.py OUT --minutes 5 [--resume STATE]

Prints the loss as it goes and the reconstruction PSNR on held-out clips at the end; OUT/vae_recon.png shows original and reconstruction.
OUT/vae_state.pt lets a later call go on where this one stopped.
"""
import argparse
import math
import multiprocessing as mp
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

import nets as N
import scenes as S

ap = argparse.ArgumentParser()
ap.add_argument("out")
ap.add_argument("--minutes", type=float, default=5)
ap.add_argument("--batch", type=int, default=8)
ap.add_argument("--clips", type=int, default=3072)
ap.add_argument("--lr", type=float, default=2e-3)
ap.add_argument("--window", type=int, default=17, help="frames a training clip has: 9 is one chunk of the autoencoder, 17 two")
ap.add_argument("--resume")
ap.add_argument("--no-compile", action="store_true")
args = ap.parse_args()
START = time.time()
cuda = torch.cuda.is_available()
device = "cuda" if cuda else "cpu"
half = torch.bfloat16 if cuda else torch.float32


def log(*a):
    print(f"[{time.time() - START:.0f}s]", *a, flush=True)


def pick_convolution():
    """times the 3x3x3 convolution as a 3D one and as a 2D one over stacked frames"""
    vae_like = torch.nn.Module()
    total = {}
    for conv2d in (True, False):
        fast, total[conv2d] = N.FastVae(None, conv2d), 0
        for t, size, c in ((9, 160, 16), (5, 80, 32), (3, 40, 64)):
            vae_like.conv = torch.nn.Conv3d(c, c, 3).to(device, half)
            x = torch.randn(args.batch, t, size, size, c, device=device, dtype=half, requires_grad=True)
            for i in range(8):
                if i == 5:
                    torch.cuda.synchronize()
                    a = time.time()
                fast.conv(x, vae_like, {}, "").square().mean().backward()
            torch.cuda.synchronize()
            dt = (time.time() - a) / 3 * 1000
            total[conv2d] += dt
            log(f"conv {'2d' if conv2d else '3d'} {c} channels at {size}: {dt:.2f} ms forward and backward")
    return total[True] <= total[False]


def main():
    from diffusers import AutoencoderKLCogVideoX
    os.makedirs(args.out, exist_ok=True)
    torch.manual_seed(0)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark, torch.backends.cudnn.benchmark_limit = True, 6
    workers = mp.get_context("fork").Pool(min(12, os.cpu_count()))
    scenes = S.make_many(args.clips, 1, workers, captions=1)
    clips = torch.empty(args.clips, S.FRAMES, S.SIZE, S.SIZE, 3, dtype=torch.uint8, device=device)
    masks = torch.empty(args.clips, S.FRAMES, S.SIZE, S.SIZE, 1, dtype=torch.uint8, device=device)

    def fill(at, sc):
        v, m = S.render(sc, device)
        clips[at:at + len(sc)] = (v * 255).round().to(torch.uint8).permute(0, 2, 3, 4, 1)
        masks[at:at + len(sc)] = (m * 255).to(torch.uint8).permute(0, 2, 3, 4, 1)

    for k in range(0, args.clips, 32):
        fill(k, scenes.part(k, k + 32))
    log("clips drawn")
    conv2d = pick_convolution() if cuda else False
    vae = AutoencoderKLCogVideoX(**N.VAE_CONFIG)
    with torch.no_grad():
        vae.encoder.conv_out.conv.bias[N.CHANNELS:] = -4.0
    vae = vae.to(device).train()
    opt = N.Optimiser(list(vae.named_parameters()), args.lr, (0.9, 0.95), 1e-4)  # masters before the cast
    vae.to(half)
    first = 0
    if args.resume:
        state = torch.load(args.resume, weights_only=False)
        opt.load_state(state["opt"], state["ema"])
        first = state["step"]
    fast = N.FastVae(vae, conv2d)

    def losses(x, m, noise):
        x, w = x.float() / 127.5 - 1, 1 + 3 * (m.float() / 255)
        mean, logvar = fast.encode(x.to(half)).float().chunk(2, -1)
        logvar = logvar.clamp(-20, 10)
        z = mean + torch.exp(0.5 * logvar) * noise
        y = fast.decode(z.to(half)).float()
        e = y - x
        kl = 0.5 * (mean * mean + logvar.exp() - 1 - logvar).mean()
        rec = (w * e.abs()).mean() + 2 * (w * e * e).mean()
        edges = (w[..., 1:, :] * (e[..., 1:, :] - e[..., :-1, :]).abs()).mean() + (w[:, :, 1:] * (e[:, :, 1:] - e[:, :, :-1]).abs()).mean()
        return rec + 0.4 * edges + 3e-4 * kl, torch.stack([rec.detach(), kl.detach(), e.detach().square().mean()])

    fn = losses if args.no_compile or not cuda else torch.compile(losses, dynamic=False, fullgraph=True)
    total = torch.zeros(5, device=device)
    offsets = torch.arange(args.window, device=device)

    def step():
        i = torch.randint(args.clips, (args.batch,), device=device)[:, None]
        o = torch.randint(S.FRAMES - args.window + 1, (args.batch,), device=device)[:, None] + offsets
        loss, parts = fn(clips[i, o], masks[i, o], torch.randn(args.batch, (args.window - 1) // 4 + 1, N.LATENT, N.LATENT, N.CHANNELS, device=device))
        loss.backward()
        norm = opt.step()
        total.add_(torch.cat([loss.detach()[None], parts, norm[None]]))

    def zero():
        for p in vae.parameters():
            p.grad = None

    end, at = START + args.minutes * 60, first
    if cuda:  # warm up, then record the whole step as one graph
        opt.set_factor(0.05)
        try:
            step(), zero()
        except Exception as e:
            log("compile failed, going on without:", repr(e)[:300])
            fn = losses
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                step(), zero()
        torch.cuda.current_stream().wait_stream(side)
        torch.cuda.synchronize()
        log("warm")
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            step()
        run = graph.replay
        log("recorded; parameters", sum(p.numel() for p in vae.parameters()), f"memory {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB")
    else:
        def run():
            step(), zero()
    total.zero_()
    t0 = last = time.time()
    seed = 1000 + first
    fresh, cursor = None, 0
    while time.time() < end:
        done = (time.time() - t0) / (end - t0)
        opt.set_factor(min(1, (at - first + 1) / 100) * (1 if done < 0.3 else 0.01 + 0.99 * (0.5 + 0.5 * math.cos(math.pi * (done - 0.3) / 0.7))))
        run()
        at += 1
        if at % 4 == 0:
            opt.average(0.998, 4)
        if at % 20 == 0 and cuda:
            torch.cuda.synchronize()
        if at % 100 == 0:  # new clips replace old ones
            if fresh is not None:
                sc = fresh.get()
                for k in range(0, len(sc), 32):
                    fill((cursor + k) % args.clips, sc.part(k, k + 32))
                cursor = (cursor + len(sc)) % args.clips
            seed += 1
            fresh = workers.apply_async(S._shard, ((64, seed * 7919, 1),))
        if at % 500 == 0 or (not cuda and at % 5 == 0):
            m = (total / (500 if cuda else 5)).tolist()
            total.zero_()
            log(f"step {at} loss {m[0]:.4f} rec {m[1]:.4f} kl {m[2]:.2f} psnr {10 * math.log10(4 / m[3]):.2f} norm {m[4]:.2f} ms/step {(time.time() - last) * (2 if cuda else 200):.1f}")
            last = time.time()
            if not math.isfinite(m[0]):
                raise SystemExit("diverged")
    log("steps", at)
    if cuda:
        torch.cuda.synchronize()
        del graph
    zero()
    names = [n for n, _ in vae.named_parameters()]
    with torch.no_grad():
        for p, e in zip(vae.parameters(), opt.ema):
            p.copy_(e)
    vae.eval()
    torch.save({"opt": opt.state(), "ema": [e.cpu() for e in opt.ema], "step": at, "names": names}, args.out + "/vae_state.pt")

    # held-out clips, all 33 frames, mean of the posterior
    n, scale_sum = (64 if cuda else 2), []
    test, psnr, front, chunks, pictures = S.make_scenes(n, 900001), [], [], [], []
    with torch.no_grad():
        for k in range(0, n, 16):
            v, m = S.render(test.part(k, min(k + 16, n)), device)
            x = (v * 2 - 1).permute(0, 2, 3, 4, 1).to(half)
            z = fast.encode(x)[..., :N.CHANNELS]
            y = (fast.decode(z).float().permute(0, 4, 1, 2, 3) / 2 + 0.5).clamp(0, 1)
            e = (y - v).square()
            psnr += (-10 * torch.log10(e.mean((1, 2, 3, 4)))).tolist()
            front.append((-10 * torch.log10((e * m).sum() / (3 * m.sum()))).item())
            chunks.append(-10 * torch.log10(torch.stack([e[:, :, a:b].mean() for a, b in ((0, 9), (9, 17), (17, 25), (25, 33))])))
            scale_sum.append(z.float())
            if k == 0:
                pictures = [p for i in range(min(6, len(v))) for p in (v[i], y[i])]
    z = torch.cat(scale_sum)
    scale = round(1 / z.std().item(), 5)
    log(f"held-out PSNR mean {np.mean(psnr):.2f} min {np.min(psnr):.2f} dB, objects {np.mean(front):.2f} dB, per chunk {[round(v, 2) for v in torch.stack(chunks).mean(0).tolist()]}")
    log(f"latent std per channel {[round(v, 2) for v in z.std((0, 1, 2, 3)).tolist()]} mean {[round(v, 2) for v in z.mean((0, 1, 2, 3)).tolist()]} scaling_factor {scale}")
    vae.register_to_config(scaling_factor=scale)
    vae.to(torch.bfloat16).save_pretrained(args.out + "/vae")
    N.write_json(args.out + "/vae.json", {"steps": at, "clips": at * args.batch, "seconds": round(time.time() - START), "psnr_mean": float(np.mean(psnr)),
                 "psnr_min": float(np.min(psnr)), "psnr_objects": float(np.mean(front)), "test_clips": n, "scaling_factor": scale})
    S.contact_sheet(pictures, args.out + "/vae_recon.png", columns=5)
    workers.terminate()


if __name__ == "__main__":
    main()
