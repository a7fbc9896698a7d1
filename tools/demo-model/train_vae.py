"""Stage 1: trains the video autoencoder on freshly drawn clips and saves OUT/vae.

    python train_vae.py OUT --minutes 7 [--crop-share 0.4] [--resume OLD_OUT]

The first `--crop-share` of the time runs on windows of `--crop` pixels, a third of the work a clip, the rest on whole frames. Prints the loss as it
goes and the reconstruction PSNR on held-out clips at the end; OUT/vae_recon.png shows original and reconstruction.
OUT/vae_state_*.pt let a later call go on where this one stopped. After the denoiser was trained only the decoder may still change:

    python train_vae.py NEW_OUT --minutes 3 --window 33 --batch 4 --crop-share 0 --lr 5e-4 --decoder-only VAE_FOLDER
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

import nets as N
import scenes as S

ap = argparse.ArgumentParser()
ap.add_argument("out")
ap.add_argument("--minutes", type=float, default=7)
ap.add_argument("--batch", type=int, default=8)
ap.add_argument("--clips", type=int, default=3072)
ap.add_argument("--lr", type=float, default=2e-3)
ap.add_argument("--window", type=int, default=17, help="frames a training clip has: 9 is one chunk of the autoencoder, 17 two")
ap.add_argument("--crop", type=int, default=96)
ap.add_argument("--crop-batch", type=int, default=12)
ap.add_argument("--crop-share", type=float, default=0.4)
ap.add_argument("--resume")
ap.add_argument("--decoder-only", metavar="VAE_FOLDER", help="go on from these weights, encoder and scale unchanged, so that their latents stay valid")
args = ap.parse_args()
START = time.time()
cuda = torch.cuda.is_available()
device = "cuda" if cuda else "cpu"
half = torch.bfloat16 if cuda else torch.float32


def log(*a):
    print(f"[{time.time() - START:.0f}s]", *a, flush=True)


class Clips:
    """a pool of drawn clips on the device; `refresh` replaces the oldest by new ones that other processes have laid out"""

    def __init__(self, workers, seed):
        self.workers, self.seed, self.cursor, self.fresh = workers, seed, 0, None
        self.video = torch.empty(args.clips, S.FRAMES, S.SIZE, S.SIZE, 3, dtype=torch.uint8, device=device)
        self.mask = torch.empty(args.clips, S.FRAMES, S.SIZE, S.SIZE, 1, dtype=torch.uint8, device=device)
        self.tracks = torch.empty(args.clips, 2, 4, S.FRAMES, device=device)
        scenes = S.make_many(args.clips, 1 + seed, workers, captions=1)
        for k in range(0, args.clips, 32):
            self.fill(k, scenes.part(k, k + 32))

    def fill(self, at, scenes):
        v, m = S.render(scenes, device)
        to = slice(at, at + len(scenes))
        self.video[to] = (v * 255).round().to(torch.uint8).permute(0, 2, 3, 4, 1)
        self.mask[to] = (m * 255).to(torch.uint8).permute(0, 2, 3, 4, 1)
        tracks = torch.as_tensor(scenes.tracks).clone()
        one = torch.as_tensor(scenes.shape[:, 1] < 0)
        tracks[one, 1] = tracks[one, 0]
        self.tracks[to] = tracks.to(device)

    def refresh(self):
        if self.fresh is not None:
            scenes = self.fresh.get()
            for k in range(0, len(scenes), 32):
                self.fill((self.cursor + k) % args.clips, scenes.part(k, k + 32))
            self.cursor = (self.cursor + len(scenes)) % args.clips
        self.seed += 1
        self.fresh = self.workers.apply_async(S._shard, ((64, 1000 * 7919 + self.seed * 7919, 1),))

    def draw(self, batch, window, size):
        """video and mask [b, window, size, size, .]; smaller windows lie about an object"""
        i = torch.randint(args.clips, (batch,), device=device)
        o = torch.randint(S.FRAMES - window + 1, (batch,), device=device)
        f = o[:, None] + torch.arange(window, device=device)
        if size == S.SIZE:
            return self.video[i[:, None], f], self.mask[i[:, None], f]
        centre = self.tracks[i, torch.randint(2, (batch,), device=device), :2].gather(2, (o + window // 2)[:, None, None].expand(-1, 2, 1))[..., 0]
        corner = (centre - size / 2 + (torch.rand(batch, 2, device=device) - 0.5) * size * 0.8).round().long().clamp(0, S.SIZE - size)
        span = torch.arange(size, device=device)
        at = i[:, None, None, None], f[:, :, None, None], (corner[:, 1:] + span)[:, None, :, None], (corner[:, :1] + span)[:, None, None, :]
        return self.video[at], self.mask[at]


def main():
    from diffusers import AutoencoderKLCogVideoX
    os.makedirs(args.out, exist_ok=True)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark, torch.backends.cudnn.benchmark_limit = True, 4
    workers = mp.get_context("fork").Pool(min(12, os.cpu_count()))
    torch.manual_seed(0)
    vae = AutoencoderKLCogVideoX(**N.VAE_CONFIG)
    if args.decoder_only:
        known = AutoencoderKLCogVideoX.from_pretrained(args.decoder_only)
        vae.load_state_dict(known.state_dict())
        vae.register_to_config(scaling_factor=known.config.scaling_factor)
        vae.encoder.requires_grad_(False)
    else:
        with torch.no_grad():
            vae.encoder.conv_out.conv.bias[N.CHANNELS:] = -4.0
    vae = vae.to(device).train()
    state, first = None, 0
    if args.resume:
        state = {k: v for i in range(2) for k, v in torch.load(f"{args.resume}/vae_state_{i}.pt", weights_only=False).items()}
        first = state["step"]
    opt = N.Optimiser(list(vae.named_parameters()), args.lr, (0.9, 0.95), 1e-4)  # masters before the cast
    vae.to(half)
    if state is not None:
        opt.load_state(state, state["ema"])
    torch.manual_seed(1 + first)
    clips = Clips(workers, first)
    log("clips drawn")
    fast = N.FastVae(vae)
    total = torch.zeros(5, device=device)

    def losses(x, m):
        x = x.float() / 127.5 - 1
        m = m.float() / 255
        trail = m.amax(1, keepdim=True)  # where an object was or will be
        w = 1 + 3 * m + 2 * trail
        mean, logvar = fast.encode(x.to(half)).float().chunk(2, -1)
        logvar = logvar.clamp(-20, 10)
        z = mean + torch.exp(0.5 * logvar) * torch.randn_like(mean)
        e = fast.decode(z.to(half)).float() - x
        kl = 0.5 * (mean * mean + logvar.exp() - 1 - logvar).mean()
        rec = (w * e.abs()).mean() + 6 * (w * e * e).mean()
        edges = (w[..., 1:, :] * (e[..., 1:, :] - e[..., :-1, :]).abs()).mean() + (w[:, :, 1:] * (e[:, :, 1:] - e[:, :, :-1]).abs()).mean()
        return rec + 0.4 * edges + 3e-4 * kl, torch.stack([rec.detach(), kl.detach(), e.detach().square().mean()])

    def zero():
        for p in vae.parameters():
            p.grad = None

    def record(batch, size):
        def step():
            loss, parts = losses(*clips.draw(batch, args.window, size))
            loss.backward()
            norm = opt.step()
            total.add_(torch.cat([loss.detach()[None], parts, norm[None]]))

        if not cuda:
            def run():
                step(), zero()
            return run, None
        opt.set_factor(0.0)  # warm up without moving, then record the whole step as one graph
        kept = [m.clone() for m in opt.m]
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
        torch.cuda.synchronize()
        with torch.no_grad():
            torch._foreach_copy_(opt.m, kept)
            torch._foreach_copy_(opt.p, opt.m)
        log(f"recorded, {size} pixels; memory {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB")
        return graph.replay, (graph, step)

    at, seen, begin, end = first, 0, time.time(), START + args.minutes * 60
    switch = begin + args.crop_share * (end - begin)
    for stop, batch, size in ((switch, args.crop_batch, args.crop), (end, args.batch, S.SIZE)):
        if time.time() >= stop:
            continue
        run, graph = record(batch, size)
        total.zero_()
        last, mark, every = time.time(), at, 500 if cuda else 5
        while time.time() < stop:
            done = (time.time() - begin) / (end - begin)
            opt.set_factor(min(1, (at - first + 1) / 200) * (1 if done < 0.35 else 0.01 + 0.99 * (0.5 + 0.5 * math.cos(math.pi * min(1, (done - 0.35) / 0.65)))))
            run()
            at += 1
            seen += batch
            if at % 4 == 0:
                opt.average(0.998, 4)
            if at % 20 == 0 and cuda:
                torch.cuda.synchronize()
            if at % 100 == 0:
                clips.refresh()
            if at - mark == every:
                m = (total / every).tolist()
                total.zero_()
                log(f"step {at} loss {m[0]:.4f} rec {m[1]:.4f} kl {m[2]:.2f} psnr {10 * math.log10(4 / m[3]):.2f} norm {m[4]:.2f} ms/step {(time.time() - last) / every * 1000:.1f}")
                last, mark = time.time(), at
                if not math.isfinite(m[0]):
                    raise SystemExit("diverged")
        if cuda:
            torch.cuda.synchronize()
        del run, graph
        zero()
        if cuda:
            torch.cuda.empty_cache()
    log("steps", at)
    with torch.no_grad():
        for p, e in zip(opt.p, opt.ema):
            p.copy_(e)
    vae.eval()
    state = opt.state()  # in two files of some 15 and 7 MB
    torch.save({"m": state.pop("m"), "ema": [e.cpu() for e in opt.ema]}, args.out + "/vae_state_0.pt")
    torch.save(state | {"step": at}, args.out + "/vae_state_1.pt")

    # held-out clips, all 33 frames, mean of the posterior
    n = 64 if cuda else 2
    test, psnr, front, chunks, latents, pictures = S.make_scenes(n, 900001), [], [], [], [], []
    with torch.no_grad():
        for k in range(0, n, 16):
            v, m = S.render(test.part(k, min(k + 16, n)), device)
            z = fast.encode((v * 2 - 1).permute(0, 2, 3, 4, 1).to(half))[..., :N.CHANNELS].contiguous()
            y = (fast.decode(z).float().permute(0, 4, 1, 2, 3) / 2 + 0.5).clamp(0, 1)
            e = (y - v).square()
            psnr += (-10 * torch.log10(e.mean((1, 2, 3, 4)))).tolist()
            front.append((-10 * torch.log10((e * m).sum() / (3 * m.sum()))).item())
            chunks.append(-10 * torch.log10(torch.stack([e[:, :, a:b].mean((1, 2, 3, 4)) for a, b in ((0, 9), (9, 17), (17, 25), (25, 33))], 1)))
            latents.append(z.float())
            if k == 0:
                pictures = [p for i in range(min(6, len(v))) for p in (v[i], y[i])]
    z = torch.cat(latents)
    scale = vae.config.scaling_factor if args.decoder_only else round(1 / z.std().item(), 5)
    chunk = torch.cat(chunks).mean(0).tolist()
    log(f"held-out PSNR mean {np.mean(psnr):.2f} min {np.min(psnr):.2f} dB, objects {np.mean(front):.2f} dB, by chunk {[round(v, 2) for v in chunk]}")
    log(f"latent std per channel {[round(v, 2) for v in z.std((0, 1, 2, 3)).tolist()]} mean {[round(v, 2) for v in z.mean((0, 1, 2, 3)).tolist()]} scaling_factor {scale}")
    vae.register_to_config(scaling_factor=scale)
    vae.to(torch.bfloat16).save_pretrained(args.out + "/vae")
    N.write_json(args.out + "/vae.json", {"steps": at, "clips_this_call": seen, "seconds": round(time.time() - START), "psnr_mean": float(np.mean(psnr)),
                 "psnr_min": float(np.min(psnr)), "psnr_by_chunk": chunk, "psnr_objects": float(np.mean(front)), "test_clips": n, "scaling_factor": scale})
    S.contact_sheet(pictures, args.out + "/vae_recon.png", columns=5)
    workers.terminate()


if __name__ == "__main__":
    main()
