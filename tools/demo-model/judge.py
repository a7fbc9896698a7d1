"""Says what a clip shows: background, and for every object its colour, shape and motion, by measurement alone (no training).

    python judge.py [n]      how often it is right on n rendered clips of one object and n of two

Objects are the pixels of strong chroma, told apart by hue; shapes are compared with rotated outlines; motions are read off area and centre over time.
"""
import math
import sys

import numpy as np
import torch
import torch.nn.functional as F

import scenes as S

CHROMA, MIN_AREA, MIN_OVERLAP = 0.34, 70, 0.66


def hue(rgb):
    r, g, b = rgb.unbind(0)
    top, low = rgb.amax(0), rgb.amin(0)
    d = (top - low).clamp(min=1e-6)
    h = torch.where(top == r, ((g - b) / d) % 6, torch.where(top == g, (b - r) / d + 2, (r - g) / d + 4))
    return h / 6


PALETTE = hue(torch.tensor(list(S.COLOURS.values())).float().T / 255)


def outline(mask, n=48):
    """mask [h,w] resampled to unit area around its centre"""
    area = mask.sum()
    ys, xs = (torch.arange(k, device=mask.device).float() for k in mask.shape)
    cy, cx, s = (mask.sum(1) * ys).sum() / area, (mask.sum(0) * xs).sum() / area, area.sqrt() * 0.95
    g = torch.linspace(-1, 1, n, device=mask.device)
    gy, gx = torch.meshgrid(g, g, indexing="ij")
    grid = torch.stack([(cx + gx * s) / (mask.shape[1] - 1) * 2 - 1, (cy + gy * s) / (mask.shape[0] - 1) * 2 - 1], -1)
    return F.grid_sample(mask[None, None], grid[None], align_corners=True)[0, 0]


_templates = {}


def templates(device):
    if device not in _templates:
        g = torch.arange(S.SIZE, device=device).float()
        yy, xx = torch.meshgrid(g, g, indexing="ij")
        X, Y = (xx - 80) / 40, (yy - 80) / 40
        out = [outline((0.5 - S.sdf(s, math.cos(a) * X + math.sin(a) * Y, math.sin(a) * X - math.cos(a) * Y) * 40).clamp(0, 1))
               for s in S.SHAPES for a in np.linspace(0, 2 * math.pi, 25)[:-1]]
        _templates[device] = torch.stack(out).view(len(S.SHAPES), 24, 48, 48)
    return _templates[device]


def shape_of(masks):
    t, total = templates(masks.device), torch.zeros(len(S.SHAPES), device=masks.device)
    frames = [f for f in (2, 7, 12, 17, 22, 27, 31) if masks[f].sum() > MIN_AREA]
    for f in frames:
        m = outline(masks[f])
        total += (torch.minimum(m, t).sum((2, 3)) / torch.maximum(m, t).sum((2, 3))).amax(1)
    best = total / max(1, len(frames))
    return (S.SHAPES[int(best.argmax())] if len(frames) >= 4 and best.max() > MIN_OVERLAP else None), best.tolist()


def motion_of(masks):
    area = masks.sum((1, 2))
    seen = area > MIN_AREA / 2
    if seen.sum() < 25:
        return None, {}
    xs = torch.arange(masks.shape[2], device=masks.device).float()
    cx, cy = ((masks.sum(1) * xs).sum(1) / area.clamp(min=1))[seen], ((masks.sum(2) * xs).sum(1) / area.clamp(min=1))[seen]
    rx, ry = float(cx.max() - cx.min()), float(cy.max() - cy.min())
    dx, dy = float(cx[-3:].mean() - cx[:3].mean()), float(cy[-3:].mean() - cy[:3].mean())
    a = area[seen]
    ratio = float(a[-3:].mean() / a[:3].mean())
    t = [outline(m) for m in masks[seen][::4]]
    turning = float(torch.stack([(p - q).abs().mean() for p, q in zip(t, t[1:])]).mean())
    if ratio > 2.2:
        m = "grow"
    elif ratio < 1 / 2.2:
        m = "shrink"
    elif rx > 36 and ry > 36:
        m = "circle"
    elif abs(dx) > 45:
        m = "right" if dx > 0 else "left"
    elif abs(dy) > 45 and abs(dy) > 0.85 * ry:
        m = "down" if dy > 0 else "up"
    elif ry > 30:
        m = "bounce"
    elif turning > 0.045 and rx < 20 and ry < 20:
        m = "spin"
    else:
        m = None
    return m, dict(rx=round(rx), ry=round(ry), dx=round(dx), dy=round(dy), ratio=round(ratio, 2), turning=round(turning, 3))


@torch.no_grad()
def judge(video):
    """video [3,33,160,160] in 0..1 -> dict(background, objects={colour: (shape, motion)}, detail)"""
    top, low = video.amax(0), video.amin(0)
    strong = (top - low) > CHROMA
    h = hue(video)
    d = (h[None] - PALETTE.to(video.device)[:, None, None, None]).abs()
    nearest = torch.minimum(d, 1 - d).argmin(0)
    colours = {c: (strong & (nearest == k)).float() for k, c in enumerate(S.COLOUR_NAMES)}
    areas = {c: float(m.sum((1, 2)).mean()) for c, m in colours.items()}
    largest = max(areas.values())
    objects, detail = {}, {}
    for c, m in colours.items():
        if areas[c] > MIN_AREA * 2 and areas[c] > 0.15 * largest:
            shape, overlap = shape_of(m)
            motion, numbers = motion_of(m)
            objects[c] = (shape, motion)
            detail[c] = numbers | {"area": round(areas[c]), "overlap": [round(v, 2) for v in overlap]}
    near = F.max_pool2d(((top - low) > 0.28).float()[:, None], 21, 1, 10)[:, 0]  # objects with their shadow
    plain = S.plain_backgrounds(video.device)
    away = ((video[None] - plain[:, :, None]).abs().mean(1) * (1 - near)).sum((1, 2, 3)) / (1 - near).sum().clamp(min=1)
    return dict(background=S.BACKGROUNDS[int(away.argmin())], objects=objects, detail=detail)


def truth(scenes, i):
    return dict(background=S.BACKGROUNDS[scenes.background[i]],
                objects={S.COLOUR_NAMES[c]: (S.SHAPES[s], S.MOTIONS[m]) for c, s, m in zip(scenes.colour[i], scenes.shape[i], scenes.motion[i]) if c >= 0})


def score(said, want):
    """each of background, colour, shape, motion right or wrong; with two objects all of them must be"""
    so, wo = said["objects"], want["objects"]
    colour = set(so) == set(wo)
    if not colour and len(wo) == 1 and so:  # shape and motion are judged apart from the colour
        biggest = max(so, key=lambda c: said["detail"][c]["area"])
        so = {next(iter(wo)): so[biggest]}
    r = dict(background=said["background"] == want["background"], colour=colour,
             shape=all(c in so and so[c][0] == v[0] for c, v in wo.items()), motion=all(c in so and so[c][1] == v[1] for c, v in wo.items()))
    return r | {"all": all(r.values())}


def main(n):
    for objects in (1, 2):
        scenes = S.make_scenes(n, 500 + objects, objects=objects)
        rows = []
        for i in range(n):
            v, _ = S.render(scenes.part(i, i + 1), "cpu")
            said, want = judge(v[0]), truth(scenes, i)
            rows.append(score(said, want))
            if not rows[-1]["all"]:
                print(scenes.captions[i][0], "->", said)
        print(objects, "objects:", {k: round(sum(r[k] for r in rows) / n, 3) for k in rows[0]}, "of", n)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
