"""Stage 2: trains the text encoder and the denoiser on latents of freshly drawn clips; writes the model folder OUT/model.

    python train_dit.py OUT --vae VAE_FOLDER --tokenizer TOKENIZER_FOLDER --coarse 4 --minutes 9 [--total 15] [--resume OLD_OUT]

The first `--coarse` minutes run on latents averaged over 2x2 cells (a sixteenth of the attention work, rotary positions stretched to match, noise
level lowered to what averaging leaves), the rest at full size. `--total` is the length in minutes of the whole full-size phase over all calls, which
sets the learning rate's decay. Each call saves OUT/state_*.pt (fp32 weights, optimiser) and the moving average as
OUT/model; the next call takes both from --resume.
"""
import argparse
import math
import multiprocessing as mp
import os
import shutil
import time

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
ap.add_argument("--done", type=float, default=0, help="full-size minutes so far, where --resume has weights but no state_*.pt")
ap.add_argument("--clips", type=int, default=32768)
ap.add_argument("--encode-seconds", type=float, default=45, help="stop encoding clips after this long")
ap.add_argument("--batch", type=int, default=32)
ap.add_argument("--lr", type=float, default=1.2e-3)
ap.add_argument("--muon-lr", type=float, default=0.015)
ap.add_argument("--pool", default="/tmp/demo-latents.pt", help="encoded clips, reused by a later call on the same machine")
ap.add_argument("--seed", type=int, default=11)
ap.add_argument("--no-compile", action="store_true")
args = ap.parse_args()
START = time.time()
cuda = torch.cuda.is_available()
device = "cuda" if cuda else "cpu"
half = torch.bfloat16 if cuda else torch.float32
SHOW = ["a red circle moves right on a black background", "a blue square spins on a white background", "a yellow star bounces in a starry sky",
        "a purple heart grows at sunset", "a green triangle moves up on a checkerboard", "an orange star moves in a circle on a grey background",
        "a red circle moves right and a blue square spins on a black background", "a yellow heart falls and a green star spins in a starry sky"]


def log(*a):
    print(f"[{time.time() - START:.0f}s]", *a, flush=True)


def latents(vae, workers, tokenize):
    """encodes --clips fresh clips: latents [n,9,8,40,40], token ids [n,4,32]"""
    ids = torch.zeros(args.clips, 4, S.MAX_TOKENS, dtype=torch.long, device=device)
    lat = torch.zeros(args.clips, N.LATENT_FRAMES, N.CHANNELS, N.LATENT, N.LATENT, dtype=half, device=device)
    scenes = S.make_many(args.clips, args.seed, workers)
    ids[:] = tokenize([c for t in scenes.captions for c in t]).view(-1, 4, S.MAX_TOKENS).to(device)
    log("scenes and captions made")
    fast = N.FastVae(vae, conv2d=cuda)
    encode = fast.encode if args.no_compile or not cuda else torch.compile(fast.encode, dynamic=False)
    with torch.no_grad():
        for k in range(0, args.clips, 32):
            v, _ = S.render(scenes.part(k, k + 32), device)
            z = encode((v * 2 - 1).permute(0, 2, 3, 4, 1).to(half))[..., :N.CHANNELS].float() * vae.config.scaling_factor
            lat[k:k + len(v)] = z.permute(0, 1, 4, 2, 3).to(half)
            if k == 32:
                log("first clips encoded")
                began = time.time()
            if k % 256 == 0 and k and cuda:
                torch.cuda.synchronize()
                if time.time() - began > args.encode_seconds:
                    lat, ids = lat[:k], ids[:k]
                    break
    if cuda:
        torch.cuda.synchronize()
    log(f"{len(lat)} clips encoded; std {lat[:512].float().std().item():.3f}, of 2x2 means {F.avg_pool2d(lat[:512].float().flatten(0, 1), 2).std().item():.3f}")
    return lat, ids


def main():
    from diffusers import AutoencoderKLCogVideoX
    os.makedirs(args.out, exist_ok=True)
    torch.manual_seed(args.seed)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    torch.backends.cuda.enable_flash_sdp(False)  # cuDNN's attention is the faster one on Hopper at head size 64
    torch.backends.cuda.enable_mem_efficient_sdp(False)
    workers = mp.get_context("fork").Pool(min(12, os.cpu_count()))
    vae = AutoencoderKLCogVideoX.from_pretrained(args.vae).to(device, half).eval()
    tokenize = N.Tokenizer(args.tokenizer)
    if os.path.exists(args.pool):
        lat, ids = (t.to(device) for t in torch.load(args.pool))
        log("clips read back", tuple(lat.shape))
    else:
        lat, ids = latents(vae, workers, tokenize)
        if cuda:
            torch.save((lat.cpu(), ids.cpu()), args.pool)
            log("clips stored")
    workers.terminate()
    empty = tokenize([""]).to(device)

    torch.manual_seed(args.seed)
    tr, te = N.new_transformer().to(device).train(), N.new_text_encoder().to(device).train()
    named = list(tr.named_parameters()) + [("text." + n, p) for n, p in te.named_parameters() if n != "encoder.embed_tokens.weight"]
    opt = N.Optimiser(named, args.lr, (0.9, 0.98), 0.01, muon_lr=args.muon_lr,
                      muon=lambda n, p: n.startswith("transformer_blocks") and p.ndim == 2 and (".attn1.to_" in n or ".ff." in n))
    tr.to(half), te.to(half)
    fine_before, step_before = 0.0, 0
    if args.resume:
        saved_tr, saved_te, _, _ = N.load(args.resume + "/model", "cpu")
        ema = dict(list(saved_tr.named_parameters()) + [("text." + n, p) for n, p in saved_te.named_parameters()])
        if os.path.exists(args.resume + "/state_0.pt"):
            parts = [torch.load(f"{args.resume}/state_{k}.pt", weights_only=False) for k in range(3)]
            opt.load_state({"m": parts[0]["m"] + parts[1]["m"], **parts[2]}, [ema[n] for n in opt.names])
            fine_before, step_before = parts[2]["fine_minutes"], parts[2]["step"]
        else:  # the averaged weights alone
            with torch.no_grad():
                for m, e, n in zip(opt.m, opt.ema, opt.names):
                    m.copy_(ema[n]), e.copy_(ema[n])
                torch._foreach_copy_(opt.p, opt.m)
            opt.n, step_before, fine_before = 100000, 1, args.done
        torch.manual_seed(args.seed + step_before)
        log("resumed at step", step_before, "after", fine_before, "full-size minutes")
    buckets = N.t5_bias(te, S.MAX_TOKENS, device)
    alpha = N.alphas(device)
    blk = N.block if args.no_compile or not cuda else torch.compile(N.block, fullgraph=True, dynamic=False)
    total = torch.zeros(4, device=device)

    def make_step(coarse):
        batch = args.batch * (4 if coarse else 1)
        grid = N.GRID // 2 if coarse else N.GRID
        cos, sin = N.rope(device, grid, 2 if coarse else 1)
        is_text = N.text_mask(N.LATENT_FRAMES * grid * grid, device)

        def step():
            i = torch.randint(len(lat), (batch,), device=device)
            x0 = lat[i].float()
            if coarse:
                x0 = F.avg_pool2d(x0.flatten(0, 1), 2).unflatten(0, (batch, N.LATENT_FRAMES))
            words = ids[i, torch.randint(4, (batch,), device=device)]
            words = torch.where(torch.rand(batch, 1, device=device) < 0.1, empty, words)
            u = (torch.arange(batch, device=device) + torch.rand(batch, device=device)) / batch
            t = (1000 * u ** 0.75).long().clamp(0, 999)
            a = alpha[t]
            if coarse:
                a = 4 * a / (1 + 3 * a)
            a = a[:, None, None, None, None]
            e = torch.randn_like(x0)
            x, v = a.sqrt() * x0 + (1 - a).sqrt() * e, a.sqrt() * e - (1 - a).sqrt() * x0
            p = N.denoise(tr, x.to(half), N.t5(te, words, buckets), t, is_text, cos, sin, blk).float()
            each = (p - v).square().mean((1, 2, 3, 4))
            each.mean().backward()
            norm = opt.step()
            each = each.detach()
            total.add_(torch.stack([each.mean(), each[:batch // 4].mean(), each[-(batch // 4):].mean(), norm]))
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
            names[n].copy_(e)

    def preview(tag, steps=20):
        if not cuda:
            return
        averaged()
        torch.backends.cuda.enable_flash_sdp(True)
        with torch.no_grad():
            text = N.t5(eval_te, tokenize(SHOW).to(device), buckets)
            noise = torch.randn(len(SHOW), N.LATENT_FRAMES, N.CHANNELS, N.LATENT, N.LATENT, generator=torch.Generator().manual_seed(42)).to(device)
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
        first, mark, batch = at, at, args.batch * (4 if name == "coarse" else 1)
        whole = stop - begin if name == "coarse" else max(args.total * 60, fine_before * 60 + stop - begin)
        next_preview = begin + 150
        while time.time() < stop:
            warm = min(1, (at - first + 1) / 200)
            if name == "coarse":
                f = warm
            else:
                done = min(1, (fine_before * 60 + time.time() - begin) / whole)
                f = warm * (0.8 if done < 0.25 else 0.8 * max(0.01, (1 - done) / 0.75))
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
                log(f"{name} step {at} loss {m[0]:.4f} low noise {m[1]:.4f} high noise {m[2]:.4f} norm {m[3]:.2f} factor {f:.3f} {rate:.0f} clips/s")
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
