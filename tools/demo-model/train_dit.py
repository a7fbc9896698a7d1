"""Stage 2: trains the text encoder and the denoiser on latents of freshly drawn clips; writes the model folder OUT/model.

    python train_dit.py OUT --vae VAE_FOLDER --tokenizer TOKENIZER_FOLDER --coarse 4 --minutes 9 [--total 15] [--resume OLD_OUT]

The first `--coarse` minutes run on latents averaged over 2x2 cells (a sixteenth of the attention work, rotary positions stretched to match, noise
level lowered to what averaging leaves), the rest at full size. `--total` is the length in minutes of the whole full-size phase over all calls, which
sets the learning rate's decay. Two linear heads, used in training only, read what is where (colour, shape and motion of each place, from the
renderer's own paths) off the fourth block, and the attributes of the first and second object off the text: a clear aim for the early layers.
Each call saves OUT/state_*.pt (fp32 weights, optimiser) and the moving average as OUT/model; the next call takes both from --resume.
--minutes 0 only encodes the clips and stores them in --pool.
"""
import argparse
import math
import multiprocessing as mp
import os
import shutil
import time

import numpy as np
import torch
import torch.nn.functional as F

import nets as N
import scenes as S

ap = argparse.ArgumentParser()
ap.add_argument("out")
ap.add_argument("--vae", required=True)
ap.add_argument("--tokenizer", required=True)
ap.add_argument("--minutes", type=float, default=9)
ap.add_argument("--coarse", type=float, default=0)
ap.add_argument("--total", type=float, default=0)
ap.add_argument("--resume")
ap.add_argument("--clips", type=int, default=32768)
ap.add_argument("--encode-seconds", type=float, default=45, help="stop encoding clips after this long")
ap.add_argument("--batch", type=int, default=32)
ap.add_argument("--lr", type=float, default=1.2e-3)
ap.add_argument("--muon-lr", type=float, default=0.015)
ap.add_argument("--aux", type=float, default=0.1, help="weight of the training-only heads")
ap.add_argument("--pool", default="/tmp/demo-latents.pt", help="encoded clips, reused by a later call on the same machine")
ap.add_argument("--seed", type=int, default=11)
ap.add_argument("--no-compile", action="store_true")
args = ap.parse_args()
START = time.time()
cuda = torch.cuda.is_available()
device = "cuda" if cuda else "cpu"
half = torch.bfloat16 if cuda else torch.float32

KINDS = [1 + len(k) for k in (S.COLOURS, S.SHAPES, S.MOTIONS)]  # 0: nothing there


def log(*a):
    print(f"[{time.time() - START:.0f}s]", *a, flush=True)


def latents(vae, workers, tokenize):
    """encodes --clips fresh clips: latents [n,9,8,40,40], token ids [n,4,32], paths [n,2,3,9] (x, y, radius), attributes [n,7] (0: no such object)"""
    ids = torch.zeros(args.clips, 4, S.MAX_TOKENS, dtype=torch.long, device=device)
    lat = torch.zeros(args.clips, N.LATENT_FRAMES, N.CHANNELS, N.LATENT, N.LATENT, dtype=half, device=device)
    scenes = S.make_many(args.clips, args.seed, workers)
    ids[:] = tokenize([c for t in scenes.captions for c in t]).view(-1, 4, S.MAX_TOKENS).to(device)
    log("scenes and captions made")
    tracks = torch.as_tensor(scenes.tracks[:, :, :3])
    tracks = torch.cat([tracks[..., :1], tracks[..., 1:].unflatten(-1, (8, 4)).mean(-1)], -1)
    tracks[torch.as_tensor(scenes.shape < 0)] = torch.tensor([-999.0, -999.0, 1.0])[:, None]
    attributes = torch.as_tensor(np.concatenate([np.stack([scenes.colour, scenes.shape, scenes.motion], 2).reshape(-1, 6) + 1, scenes.background[:, None]], 1))
    fast = N.FastVae(vae)
    with torch.no_grad():
        for k in range(0, args.clips, 32):
            v, _ = S.render(scenes.part(k, k + 32), device)
            z = fast.encode((v * 2 - 1).permute(0, 2, 3, 4, 1).to(half))[..., :N.CHANNELS].float() * vae.config.scaling_factor
            lat[k:k + len(v)] = z.permute(0, 1, 4, 2, 3).to(half)
            if k == 32:
                log("first clips encoded")
                began = time.time()
            if k % 256 == 0 and k and cuda:
                torch.cuda.synchronize()
                if time.time() - began > args.encode_seconds:
                    lat = lat[:k]
                    break
    if cuda:
        torch.cuda.synchronize()
    log(f"{len(lat)} clips encoded; std {lat[:512].float().std().item():.3f}, of 2x2 means {F.avg_pool2d(lat[:512].float().flatten(0, 1), 2).std().item():.3f}")
    return lat, *(t[:len(lat)].to(device) for t in (ids, tracks, attributes))


def main():
    from diffusers import AutoencoderKLCogVideoX
    os.makedirs(args.out, exist_ok=True)
    torch.manual_seed(args.seed)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    torch.backends.cuda.enable_flash_sdp(False)  # cuDNN's attention is the faster one on Hopper at head size 64
    torch.backends.cuda.enable_mem_efficient_sdp(False)
    torch.backends.cudnn.benchmark, torch.backends.cudnn.benchmark_limit = True, 4
    workers = mp.get_context("fork").Pool(min(12, os.cpu_count()))
    vae = AutoencoderKLCogVideoX.from_pretrained(args.vae).to(device, half).eval()
    tokenize = N.Tokenizer(args.tokenizer)
    if os.path.exists(args.pool):
        lat, ids, tracks, attributes = (t.to(device) for t in torch.load(args.pool))
        log("clips read back", tuple(lat.shape))
    else:
        lat, ids, tracks, attributes = latents(vae, workers, tokenize)
        if cuda:
            torch.save(tuple(t.cpu() for t in (lat, ids, tracks, attributes)), args.pool)
            log("clips stored")
    if args.minutes <= 0:
        return
    workers.terminate()
    empty = tokenize([""]).to(device)

    torch.manual_seed(args.seed)
    tr, te = N.new_transformer().to(device).train(), N.new_text_encoder().to(device).train()
    aux = torch.nn.ModuleDict({"video": torch.nn.Linear(N.HEADS * N.HEAD_DIM, sum(KINDS)), "text": torch.nn.Linear(128, len(S.BACKGROUNDS) + 2 * sum(KINDS))}).to(device)
    named = list(tr.named_parameters()) + [("aux." + n, p) for n, p in aux.named_parameters()] + [("text." + n, p) for n, p in te.named_parameters() if n != "encoder.embed_tokens.weight"]
    opt = N.Optimiser(named, args.lr, (0.9, 0.98), 0.01, muon_lr=args.muon_lr,
                      muon=lambda n, p: n.startswith("transformer_blocks") and p.ndim == 2 and (".attn1.to_" in n or ".ff." in n))
    tr.to(half), te.to(half), aux.to(half)
    fine_before, step_before = 0.0, 0
    if args.resume:
        saved_tr, saved_te, _, _ = N.load(args.resume + "/model", "cpu")
        ema = dict(list(saved_tr.named_parameters()) + [("text." + n, p) for n, p in saved_te.named_parameters()])
        parts = [torch.load(f"{args.resume}/state_{k}.pt", weights_only=False) for k in range(3)]
        masters = parts[0]["m"] + parts[1]["m"]
        opt.load_state({"m": masters, **parts[2]}, [ema.get(n, m) for n, m in zip(opt.names, masters)])
        fine_before, step_before = parts[2]["fine_minutes"], parts[2]["step"]
        torch.manual_seed(args.seed + step_before)
        log("resumed at step", step_before, "after", fine_before, "full-size minutes")
    buckets = N.t5_bias(te, S.MAX_TOKENS, device)
    alpha = N.alphas(device)
    blk = N.block if args.no_compile or not cuda else torch.compile(N.block, fullgraph=True, dynamic=False)
    total = torch.zeros(6, device=device)
    aux_weight = torch.tensor(args.aux, device=device)
    weights = [torch.tensor([0.3] + [1.0] * (k - 1), device=device) for k in KINDS]  # most places show no object

    def places(i, grid):
        """what a square cell of the picture shows: labels [b * 9 * grid * grid] for colour, shape, motion"""
        x, y, r = tracks[i].unbind(2)
        g = (torch.arange(grid, device=device) + 0.5) * (S.SIZE / grid)
        d = ((g - x[..., None, None]) ** 2 + (g[:, None] - y[..., None, None]) ** 2) / (r * r)[..., None, None]
        near, which = d.min(1)
        kinds = attributes[i, :6].view(-1, 2, 3).gather(1, which.flatten(1)[..., None].expand(-1, -1, 3))
        return torch.where((near < 1).flatten(1)[..., None], kinds, 0).flatten(0, 1).unbind(1)

    def heads(i, hidden, text, keep, grid):
        """losses of the two training-only heads"""
        out = aux["video"](F.layer_norm(hidden, hidden.shape[-1:])).float().flatten(0, 1).split(KINDS, -1)
        video = sum(F.cross_entropy(o, l, weight=w) for o, l, w in zip(out, places(i, grid), weights))
        out = aux["text"](text.mean(1)).float().split([*KINDS, *KINDS, len(S.BACKGROUNDS)], -1)
        said = sum((F.cross_entropy(o, l, reduction="none") * keep).mean() for o, l in zip(out, attributes[i].unbind(1)))
        return video, said

    def make_step(coarse):
        batch = args.batch * (2 if coarse else 1)
        grid = N.GRID // 2 if coarse else N.GRID
        cos, sin = N.rope(device, grid, 2 if coarse else 1)
        is_text = N.text_mask(N.LATENT_FRAMES * grid * grid, device)

        def step():
            i = torch.randint(len(lat), (batch,), device=device)
            x0 = lat[i].float()
            if coarse:
                x0 = F.avg_pool2d(x0.flatten(0, 1), 2).unflatten(0, (batch, N.LATENT_FRAMES))
            words = ids[i, torch.randint(4, (batch,), device=device)]
            dropped = torch.rand(batch, 1, device=device) < 0.1
            words = torch.where(dropped, empty, words)
            u = (torch.arange(batch, device=device) + torch.rand(batch, device=device)) / batch
            t = (1000 * u ** (0.65 if coarse else 0.75)).long().clamp(0, 999)
            a = alpha[t]
            if coarse:
                a = 4 * a / (1 + 3 * a)
            a = a[:, None, None, None, None]
            e = torch.randn_like(x0)
            x, v = a.sqrt() * x0 + (1 - a).sqrt() * e, a.sqrt() * e - (1 - a).sqrt() * x0
            text, seen = N.t5(te, words, buckets), {}
            p = N.denoise(tr, x.to(half), text, t, is_text, cos, sin, blk, tap=seen.__setitem__).float()
            each = (p - v).square().mean((1, 2, 3, 4))
            video, said = heads(i, seen[N.LAYERS // 2 - 1][:, S.MAX_TOKENS:], text, ~dropped[:, 0], grid)
            (each.mean() + aux_weight * (video + said)).backward()
            norm = opt.step()
            each = each.detach()
            total.add_(torch.stack([each.mean(), each[:batch // 4].mean(), each[-(batch // 4):].mean(), norm, video.detach(), said.detach()]))
        return step

    def zero():
        for p in opt.p:
            p.grad = None

    def record(coarse):
        step = make_step(coarse)
        if not cuda:
            def run():
                step(), zero()
            return run, None
        opt.set_factor(0.0)
        kept = [m.clone() for m in opt.m]
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                step(), zero()
        torch.cuda.current_stream().wait_stream(side)
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            step()
        torch.cuda.synchronize()
        with torch.no_grad():
            torch._foreach_copy_(opt.m, kept)
            torch._foreach_copy_(opt.p, opt.m)
        log("recorded", "coarse" if coarse else "full-size", f"step; memory {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB")
        return graph.replay, (graph, step)  # the graph reads tensors that only `step` keeps alive

    eval_tr, eval_te = N.new_transformer().to(device, half).eval(), N.new_text_encoder().to(device, half).eval()

    @torch.no_grad()
    def averaged():
        names = dict(list(eval_tr.named_parameters()) + [("text." + n, p) for n, p in eval_te.named_parameters()])
        for n, e in zip(opt.names, opt.ema):
            if n in names:
                names[n].copy_(e)

    def preview(tag, steps=20):
        if not cuda:
            return
        averaged()
        torch.backends.cuda.enable_flash_sdp(True)
        with torch.no_grad():
            text = N.t5(eval_te, tokenize(S.PROMPTS).to(device), buckets)
            noise = torch.randn(len(S.PROMPTS), N.LATENT_FRAMES, N.CHANNELS, N.LATENT, N.LATENT, generator=torch.Generator().manual_seed(42)).to(device)
            x = N.sample(eval_tr, text, N.t5(eval_te, empty, buckets), noise, steps, 3.0, dtype=half)
            S.contact_sheet(list(N.decode_latents(vae, x)), f"{args.out}/preview_{tag}.png", scale=0.6)
        torch.backends.cuda.enable_flash_sdp(False)

    def save(at, fine):
        averaged()
        state = opt.state()
        cut = len(state["m"]) // 2
        for k, part in enumerate([{"m": state["m"][:cut]}, {"m": state["m"][cut:]}, 
                                  {k: state[k] for k in ("muon", "adam", "n")} | {"fine_minutes": fine, "step": at}]):
            torch.save(part, f"{args.out}/state_{k}.pt")
        folder = args.out + "/model"
        N.save_static(folder, args.tokenizer)
        shutil.copytree(args.vae, folder + "/vae", dirs_exist_ok=True)
        eval_tr.to(torch.bfloat16).save_pretrained(folder + "/transformer")
        eval_te.to(torch.bfloat16).save_pretrained(folder + "/text_encoder")
        eval_tr.to(half), eval_te.to(half)

    end, at = START + args.minutes * 60, step_before
    phases = ([("coarse", min(end, START + args.coarse * 60))] if args.coarse else []) + ([("full", end)] if args.coarse < args.minutes else [])
    for name, stop in phases:
        run, graph = record(name == "coarse")
        total.zero_()
        begin = last = time.time()
        first, mark, batch = at, at, args.batch * (2 if name == "coarse" else 1)
        whole = stop - begin if name == "coarse" else max(args.total * 60, fine_before * 60 + stop - begin)
        next_preview = begin + 150
        while time.time() < stop:
            warm = min(1, (at - first + 1) / 200)
            if name == "coarse":
                f = warm
            else:
                done = min(1, (fine_before * 60 + time.time() - begin) / whole)
                f = warm * (0.8 if done < 0.25 else 0.8 * max(0.01, (1 - done) / 0.75))
                aux_weight.fill_(args.aux * (1 - done))
            opt.set_factor(f)
            run()
            at += 1
            if at % 8 == 0:
                opt.average(0.999, 8)
            if at % 10 == 0 and cuda:
                torch.cuda.synchronize()
            if at - mark >= 500 or not cuda or (time.time() - last > 15 and at % 10 == 0):
                m = (total / (at - mark)).tolist()
                rate = (at - mark) * batch / (time.time() - last)
                log(f"{name} step {at} loss {m[0]:.4f} low noise {m[1]:.4f} high noise {m[2]:.4f} norm {m[3]:.2f} places {m[4]:.3f} text {m[5]:.3f} factor {f:.3f} {rate:.0f} clips/s")
                total.zero_()
                last, mark = time.time(), at
                if not math.isfinite(m[0]):
                    raise SystemExit("diverged")
            if name == "full" and time.time() > next_preview and stop - time.time() > 40:
                next_preview += 240
                preview(f"{at}")
        log(name, "done at step", at)
        fine = fine_before + (time.time() - begin) / 60 if name == "full" else fine_before
        if cuda:
            torch.cuda.synchronize()
        del run, graph
        zero()
        if cuda:
            torch.cuda.empty_cache()
    save(at, fine)
    preview("last", 30)
    log("saved")


if __name__ == "__main__":
    main()
