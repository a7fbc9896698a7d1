"""Sparse VideoGen's attention, as an `attend` for nets.denoise: every head in the layout and band its own sampled rows prefer."""
import torch
import torch.nn.functional as F

import nets as N
import scenes as S

TEXT, FRAMES, PLACES = S.MAX_TOKENS, N.LATENT_FRAMES, N.GRID * N.GRID
VIDEO = FRAMES * PLACES
TOTAL = VIDEO + TEXT


def counted(w):
    """kept share of all query-key pairs: the strict band |q - k| < w over the video, all pairs with text"""
    return (VIDEO * (2 * w - 1) - w * (w - 1) + TOTAL * TOTAL - VIDEO * VIDEO) / (TOTAL * TOTAL)


def half_width(density):
    """the widest band whose counted density does not exceed `density`"""
    return max(w for w in range(1, VIDEO + 1) if counted(w) <= density)


TO_TOKEN_MAJOR = torch.arange(VIDEO).view(FRAMES, PLACES).T.flatten()  # token-major place -> frame-major token
PLACE = torch.empty(VIDEO, dtype=torch.long)  # frame-major token -> token-major place
PLACE[TO_TOKEN_MAJOR] = torch.arange(VIDEO)


class Svg:
    """kind: 'svg' (each head chooses), 'spatial' or 'temporal' (all heads alike).

    In svg a head stays dense in a call whose better band is further than `tolerance` from dense attention: root mean square of the difference over
    that of the output, on the sampled rows.
    """

    def __init__(self, density, kind="svg", rows=64, layers=N.LAYERS, dense_layers=0, tolerance=float("inf"), tile=400):
        self.density, self.w, self.kind, self.tile, self.dense_layers, self.tolerance = density, half_width(density), kind, tile, dense_layers, tolerance
        self.rows = ((torch.arange(rows) + 0.5) * VIDEO / rows).long()
        self.kinds = [[] for _ in range(layers)]  # share of spatial, temporal and dense heads, [batch, 3] a call
        self.errors = [[] for _ in range(layers)]  # least relative error, [batch, heads] a call

    def shares(self):
        """[layers, batch / 2, 3] over all sparse steps and both guidance branches: spatial, temporal, dense"""
        count, like = max(len(k) for k in self.kinds), next(k[0] for k in self.kinds if k)
        dense = torch.tensor([0.0, 0.0, 1.0], device=like.device).expand(count, *like.shape)
        return torch.stack([(torch.stack(k) if k else dense).mean(0).unflatten(0, (2, -1)).mean(0) for k in self.kinds]).cpu()

    def kept(self):
        """share of query-key pairs that the sparse steps keep, [batch / 2]"""
        dense = self.shares()[..., 2].mean(0)
        return dense + (1 - dense) * self.density

    def layer(self, i):
        return F.scaled_dot_product_attention if i < self.dense_layers else lambda q, k, v: self.attend(i, q, k, v)

    def profile(self, q, k, v):
        """[b*h] 0 spatial, 1 temporal: the smaller squared error on the sampled rows, in fp32, with the bands that will run; 2: neither will do"""
        rows = self.rows.to(q.device)
        s = (q[:, TEXT + rows].float() @ k.float().transpose(1, 2)) * q.shape[-1] ** -0.5
        full = torch.softmax(s, -1) @ v.float()
        errors = []
        for place in (torch.arange(VIDEO, device=q.device), PLACE.to(q.device)):
            keep = torch.ones(len(rows), TOTAL, dtype=torch.bool, device=q.device)
            keep[:, TEXT:] = (place[rows][:, None] - place[None]).abs() < self.w
            errors.append((torch.softmax(s.masked_fill(~keep, float("-inf")), -1) @ v.float() - full).square().mean((1, 2)))
        least, kind = torch.stack(errors).min(0)
        relative = (least / full.square().mean((1, 2))).sqrt()
        return torch.where(relative > self.tolerance, 2, kind), relative

    def attend(self, i, q, k, v):
        b, h = q.shape[:2]
        q, k, v = (x.reshape(b * h, TOTAL, -1) for x in (q, k, v))
        kind = torch.full((b * h,), int(self.kind == "temporal"), device=q.device)
        if self.kind == "svg":
            kind, relative = self.profile(q, k, v)
            self.errors[i].append(relative.view(b, h))
        self.kinds[i].append(F.one_hot(kind.view(b, h), 3).float().mean(1))
        order = TO_TOKEN_MAJOR.to(q.device)
        temporal, dense = ((kind == n).nonzero().flatten() for n in (1, 2))

        def place(x):
            video = x[:, TEXT:].clone()
            video[temporal] = video[temporal][:, order]
            return video

        out = torch.empty_like(q)
        out[:, :TEXT] = F.scaled_dot_product_attention(q[:, None, :TEXT], k[:, None], v[:, None])[:, 0]
        qv, kv, vv = place(q), place(k), place(v)
        band = torch.empty_like(qv)
        for a in range(0, VIDEO, self.tile):
            e = min(a + self.tile, VIDEO)
            lo, hi = max(0, a - self.w + 1), min(VIDEO, e - 1 + self.w)
            keep = torch.ones(e - a, TEXT + hi - lo, dtype=torch.bool, device=q.device)
            keep[:, TEXT:] = (torch.arange(a, e, device=q.device)[:, None] - torch.arange(lo, hi, device=q.device)[None]).abs() < self.w
            band[:, a:e] = F.scaled_dot_product_attention(qv[:, None, a:e], torch.cat([k[:, :TEXT], kv[:, lo:hi]], 1)[:, None],
                                                          torch.cat([v[:, :TEXT], vv[:, lo:hi]], 1)[:, None], attn_mask=keep)[:, 0]
        back = torch.empty_like(band[temporal])
        back[:, order] = band[temporal]
        band[temporal] = back
        out[:, TEXT:] = band
        if len(dense):
            out[dense] = F.scaled_dot_product_attention(q[dense][:, None], k[dense][:, None], v[dense][:, None])[:, 0]
        return out.view(b, h, TOTAL, -1)
