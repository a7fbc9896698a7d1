"""Triton kernels for the autoencoder's training: group norm by chunk, modulation, SiLU and the stacking of three frames, in one pass each way.

Activations are [n, t, h, w, c], contiguous, frame 0 apart (t = 4k + 1 or its halves). `norm_stack` is equal to nets.FastVae's plain path:
`TRITON_INTERPRET=1 python vae_kernels.py` checks it on a CPU, `python vae_kernels.py` on a GPU.
"""
import torch
import triton
import triton.language as tl


@triton.jit
def _stats(x, part, HW, P, C: tl.constexpr, BLOCK: tl.constexpr):
    f, p, c = tl.program_id(0), tl.program_id(1), tl.arange(0, C)
    one, two = tl.zeros((BLOCK, C), tl.float32), tl.zeros((BLOCK, C), tl.float32)
    for r in range(p * BLOCK, HW, P * BLOCK):
        row = r + tl.arange(0, BLOCK)
        v = tl.load(x + (f.to(tl.int64) * HW + row)[:, None] * C + c[None], mask=(row < HW)[:, None], other=0.0).to(tl.float32)
        one += v
        two += v * v
    to = part + (f * P + p) * 2 * C + c
    tl.store(to, tl.sum(one, 0))
    tl.store(to + C, tl.sum(two, 0))


@triton.jit
def _forward(x, out, scale, shift, a, b, T, HW, W, ZT, ZW, ZHW, S, SEG, FT, FH, FW, Z: tl.constexpr, C: tl.constexpr, BLOCK: tl.constexpr):
    f, c = tl.program_id(0), tl.arange(0, C)
    n, t = f // T, f % T
    row = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    ok = (row < HW)[:, None]
    seg = (n * S + tl.where(t == 0, 0, (t - 1) // SEG)) * C + c
    v = tl.load(x + (f.to(tl.int64) * HW + row)[:, None] * C + c[None], mask=ok, other=0.0).to(tl.float32)
    v = v * tl.load(scale + seg)[None] + tl.load(shift + seg)[None]
    if Z:
        zt = tl.where(t == 0, 0, (t - 1) // FT + 1)
        cell = ((n * ZT + zt) * ZHW + (row // W) // FH * ZW + (row % W) // FW)[:, None] * C + c[None]
        v = v * tl.load(a + cell, mask=ok, other=0.0).to(tl.float32) + tl.load(b + cell, mask=ok, other=0.0).to(tl.float32)
    y = (v * tl.sigmoid(v)).to(out.dtype.element_ty)
    to = out + (f.to(tl.int64) * HW + row)[:, None] * (3 * C) + c[None]
    step = HW.to(tl.int64) * 3 * C
    tl.store(to + 2 * C, y, mask=ok)
    tl.store(to + step + C, y, mask=ok & (t + 1 < T))
    tl.store(to + 2 * step, y, mask=ok & (t + 2 < T))
    if t == 0:  # stands for the two frames before it
        tl.store(to + C, y, mask=ok)
        tl.store(to, y, mask=ok)
        tl.store(to + step, y, mask=ok & (T > 1))


@triton.jit
def _backward(x, dout, du, scale, shift, a, b, da, db, part, T, HW, W, ZT, ZW, ZHW, S, SEG, FT, FH, FW, P, Z: tl.constexpr, C: tl.constexpr,
              BLOCK: tl.constexpr):
    """one program: a block of cells of the latent grid (without modulation: of pixels)"""
    zf, p, c = tl.program_id(0), tl.program_id(1), tl.arange(0, C)
    n, zt = zf // ZT, zf % ZT
    cell = p * BLOCK + tl.arange(0, BLOCK)
    ok = (cell < ZHW)[:, None]
    t0 = tl.where(zt == 0, 0, (zt - 1) * FT + 1)
    seg = (n * S + tl.where(t0 == 0, 0, (t0 - 1) // SEG)) * C + c
    sc, sh = tl.load(scale + seg)[None], tl.load(shift + seg)[None]
    at = (zf * ZHW + cell)[:, None] * C + c[None]
    ga, gb = tl.zeros((BLOCK, C), tl.float32), tl.zeros((BLOCK, C), tl.float32)
    s1, s2 = tl.zeros((BLOCK, C), tl.float32), tl.zeros((BLOCK, C), tl.float32)
    if Z:
        va, vb = tl.load(a + at, mask=ok, other=0.0).to(tl.float32), tl.load(b + at, mask=ok, other=0.0).to(tl.float32)
    step = HW.to(tl.int64) * 3 * C
    frames = tl.where(zt == 0, 1, FT)
    for k in range(0, frames * FH * FW):
        t = t0 + k // (FH * FW)
        row = (cell // ZW * FH + k // FW % FH) * W + cell % ZW * FW + k % FW
        place = ((n * T + t).to(tl.int64) * HW + row)[:, None]
        v = tl.load(x + place * C + c[None], mask=ok, other=0.0).to(tl.float32)
        d = dout + place * (3 * C) + c[None]
        g = tl.load(d + 2 * C, mask=ok, other=0.0).to(tl.float32)
        g += tl.load(d + step + C, mask=ok & (t + 1 < T), other=0.0).to(tl.float32)
        g += tl.load(d + 2 * step, mask=ok & (t + 2 < T), other=0.0).to(tl.float32)
        if t == 0:
            g += tl.load(d + C, mask=ok, other=0.0).to(tl.float32)
            g += tl.load(d, mask=ok, other=0.0).to(tl.float32)
            g += tl.load(d + step, mask=ok & (T > 1), other=0.0).to(tl.float32)
        u = v * sc + sh
        w = u
        if Z:
            w = u * va + vb
        s = tl.sigmoid(w)
        g = g * s * (1 + w * (1 - s))
        if Z:
            ga += g * u
            gb += g
            g = g * va
        g = tl.where(ok, g, 0.0)
        tl.store(du + place * C + c[None], g.to(du.dtype.element_ty), mask=ok)
        s1 += g
        s2 += g * v
    if Z:
        tl.store(da + at, ga.to(da.dtype.element_ty), mask=ok)
        tl.store(db + at, gb.to(db.dtype.element_ty), mask=ok)
    to = part + (zf * P + p) * 2 * C + c
    tl.store(to, tl.sum(s1, 0))
    tl.store(to + C, tl.sum(s2, 0))


@triton.jit
def _finish(x, du, dx, scale, c0, c1, T, HW, S, SEG, C: tl.constexpr, BLOCK: tl.constexpr):
    f, c = tl.program_id(0), tl.arange(0, C)
    n, t = f // T, f % T
    row = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    ok = (row < HW)[:, None]
    seg = (n * S + tl.where(t == 0, 0, (t - 1) // SEG)) * C + c
    at = (f.to(tl.int64) * HW + row)[:, None] * C + c[None]
    v, d = tl.load(x + at, mask=ok, other=0.0).to(tl.float32), tl.load(du + at, mask=ok, other=0.0).to(tl.float32)
    tl.store(dx + at, (d * tl.load(scale + seg)[None] + tl.load(c0 + seg)[None] + v * tl.load(c1 + seg)[None]).to(dx.dtype.element_ty), mask=ok)


def _by_chunk(part, chunks, per):
    """[n, t, 2, c] sums by frame -> [n, chunks, 2, c]; frame 0 belongs to the first chunk"""
    s = part[:, 1:].unflatten(1, (chunks, per)).sum(2)
    return torch.cat([s[:, :1] + part[:, :1], s[:, 1:]], 1)


def _spread(v, k):
    """[..., groups] -> [..., groups * k]"""
    return v[..., None].expand(*v.shape, k).flatten(-2)


class NormStack(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, bias, a, b, groups, eps, seg):
        n, T, H, W, C = x.shape
        HW, S, z = H * W, (T - 1) // seg, a is not None
        zt, zh, zw = a.shape[1:4] if z else (T, H, W)
        ft, fh, fw = ((T - 1) // (zt - 1) if z else 1), H // zh, W // zw
        block = 4096 // C
        P = max(1, triton.cdiv(HW, block * 8))
        part = torch.empty(n, T, P, 2, C, device=x.device)
        _stats[(n * T, P)](x, part, HW, P, C, block, num_warps=8)
        count = ((torch.arange(S, device=x.device) == 0) + seg) * (HW * C // groups)
        s = _by_chunk(part.sum(2), S, seg).unflatten(-1, (groups, -1)).sum(-1) / count[None, :, None, None]
        mean = s[:, :, 0]
        rstd = torch.rsqrt((s[:, :, 1] - mean * mean).clamp(min=0) + eps)
        mean, rstd = (_spread(v, C // groups) for v in (mean, rstd))
        scale = (rstd * weight.float()).contiguous()
        shift = (bias.float() - mean * scale).contiguous()
        out = torch.empty(n, T, H, W, 3 * C, device=x.device, dtype=x.dtype)
        e = x if a is None else a
        _forward[(n * T, triton.cdiv(HW, block))](x, out, scale, shift, e, e if b is None else b, T, HW, W, zt, zw, zh * zw, S, seg, ft, fh, fw, z, C, block,
                                                  num_warps=8)
        ctx.save_for_backward(x, weight, a, b, mean, rstd, scale, shift, count)
        ctx.sizes = groups, seg, S, zt, zh, zw, ft, fh, fw
        return out

    @staticmethod
    def backward(ctx, dout):
        x, weight, a, b, mean, rstd, scale, shift, count = ctx.saved_tensors
        groups, seg, S, zt, zh, zw, ft, fh, fw = ctx.sizes
        n, T, H, W, C = x.shape
        HW, z, dout = H * W, a is not None, dout.contiguous()
        block = 1024 // C if z else 2048 // C
        P = triton.cdiv(zh * zw, block)
        du, part = torch.empty_like(x), torch.empty(n, zt, P, 2, C, device=x.device)
        da, db = (torch.empty_like(a), torch.empty_like(b)) if z else (x, x)
        _backward[(n * zt, P)](x, dout, du, scale, shift, a if z else x, b if z else x, da, db, part, T, HW, W, zt, zw, zh * zw, S, seg, ft, fh, fw, P, z, C,
                               block, num_warps=4)
        s = _by_chunk(part.sum(2), S, (zt - 1) // S)
        s1, s2 = s[:, :, 0], (s[:, :, 1] - mean * s[:, :, 0]) * rstd  # of du, of du * normalised x
        m1, m2 = (_spread((v * weight.float()).unflatten(-1, (groups, -1)).sum(-1), C // groups) / count[None, :, None] for v in (s1, s2))
        c1 = (-rstd * rstd * m2).contiguous()
        c0 = (-rstd * m1 - c1 * mean).contiguous()
        dx, big = torch.empty_like(x), 4096 // C
        _finish[(n * T, triton.cdiv(HW, big))](x, du, dx, scale, c0, c1, T, HW, S, seg, C, big, num_warps=8)
        return dx, s2.sum((0, 1)).to(weight.dtype), s1.sum((0, 1)).to(weight.dtype), da if z else None, db if z else None, None, None, None


norm_stack = NormStack.apply


def check(device, dtype, limit):
    import nets as N
    torch.manual_seed(0)
    worst = 0.0
    for T, seg, size, z, C in ((17, 8, 16, 4, 16), (9, 4, 8, 4, 32), (5, 2, 8, 0, 64), (9, 8, 20, 0, 16)):
        m = torch.nn.GroupNorm(8, C, eps=1e-6).to(device, dtype)
        m.weight.data.normal_(), m.bias.data.normal_()
        make = lambda *s: torch.randn(*s, device=device).to(dtype)
        x = make(2, T, size, size, C) * 2 + 1
        a, b = (make(2, (T - 1) // seg * 2 + 1, z, z, C) for _ in range(2)) if z else (None, None)
        leaves = [v for v in (x, m.weight, m.bias, a, b) if v is not None]
        results = []
        for fused in (False, True):
            for v in leaves:
                v.requires_grad_(True)
                v.grad = None
            if fused:
                y = norm_stack(x, m.weight, m.bias, a, b, 8, 1e-6, seg)
            else:
                f32 = [None if v is None else v.float() for v in (x, a, b)]
                y = N.stack_frames(N.FastVae.plain_norm_act(f32[0], m, f32[1], f32[2], seg))
            torch.manual_seed(1)
            (y.float() * torch.randn(y.shape, device=device)).sum().backward()
            results.append([y.detach().float()] + [v.grad.float() for v in leaves])
        for p, q in zip(*results):
            worst = max(worst, float((p - q).norm() / p.norm()))
    print("kernels against plain, worst relative error", worst)
    return worst < limit


if __name__ == "__main__":
    ok = check("cuda", torch.bfloat16, 2e-2) if torch.cuda.is_available() else check("cpu", torch.float32, 1e-4)
    raise SystemExit(0 if ok else 1)
