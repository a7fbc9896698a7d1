"""The demo model's world: captioned clips of coloured shapes that move, drawn by this file alone.

`make_scenes` draws scene parameters and captions (numpy, seeded), `render` turns them into pixels (torch, any device).
One clip: 33 frames of 160x160, one or two objects, each with a colour, a shape and a motion, on one of six backgrounds.
"""
import math
import random
from dataclasses import dataclass

import numpy as np
import torch

FRAMES, SIZE, STARS, MAX_TOKENS = 33, 160, 14, 32
TWO = 0.4  # share of training scenes with two objects

COLOURS = {
    "red": (232, 38, 44), "orange": (250, 130, 20), "yellow": (246, 224, 40),
    "green": (30, 178, 76), "blue": (40, 96, 240), "purple": (152, 56, 222),
}
SHAPES = ["circle", "square", "triangle", "star", "heart"]
MOTIONS = ["right", "left", "up", "down", "bounce", "spin", "circle", "grow", "shrink"]
BACKGROUNDS = ["black", "white", "grey", "sunset", "stars", "checkerboard"]
COLOUR_NAMES = list(COLOURS)

SHAPE_WORDS = {"circle": ["circle", "circle", "circle", "ball", "disc"], "square": ["square", "square", "square", "box"],
               "triangle": ["triangle"], "star": ["star"], "heart": ["heart"]}
# motion -> (finite form, -ing form)
MOTION_WORDS = {
    "right": [("moves right", "moving right"), ("moves to the right", "moving to the right"), ("slides right", "sliding right"),
              ("goes right", "going right"), ("flies to the right", "flying to the right"), ("moves from left to right", "moving from left to right")],
    "left": [("moves left", "moving left"), ("moves to the left", "moving to the left"), ("slides left", "sliding left"),
             ("goes left", "going left"), ("flies to the left", "flying to the left"), ("moves from right to left", "moving from right to left")],
    "up": [("moves up", "moving up"), ("rises", "rising"), ("goes up", "going up"), ("floats up", "floating up"), ("flies up", "flying up")],
    "down": [("moves down", "moving down"), ("falls", "falling"), ("goes down", "going down"), ("sinks", "sinking"), ("drops down", "dropping down")],
    "bounce": [("bounces", "bouncing"), ("bounces up and down", "bouncing up and down"), ("jumps up and down", "jumping up and down"), ("hops", "hopping")],
    "spin": [("spins", "spinning"), ("rotates", "rotating"), ("spins around", "spinning around"), ("spins in place", "spinning in place")],
    "circle": [("moves in a circle", "moving in a circle"), ("circles around", "circling around"), ("orbits the center", "orbiting the center"),
               ("goes around in a circle", "going around in a circle")],
    "grow": [("grows", "growing"), ("gets bigger", "getting bigger"), ("expands", "expanding"), ("becomes larger", "becoming larger")],
    "shrink": [("shrinks", "shrinking"), ("gets smaller", "getting smaller"), ("becomes smaller", "becoming smaller")],
}
BACKGROUND_WORDS = {
    "black": ["on a black background", "on black", "against a black background", "over a black backdrop"],
    "white": ["on a white background", "on white", "against a white background", "over a white backdrop"],
    "grey": ["on a grey background", "on a gray background", "on grey", "against a gray background"],
    "sunset": ["at sunset", "in front of a sunset", "on a sunset background", "against a sunset sky"],
    "stars": ["in a starry sky", "under the stars", "in space", "on a starry background", "against a starry night sky"],
    "checkerboard": ["on a checkerboard", "on a checkerboard background", "on a checkered background", "over a checkered floor"],
}
PREFIXES = ["a video of ", "an animation of ", "a clip of ", "animation of "]
PROMPTS = ["a red circle moves right on a black background", "a blue square spins on a white background", "a yellow star bounces in a starry sky",
           "a purple heart grows at sunset", "a green triangle moves up on a checkerboard", "an orange star moves in a circle on a grey background",
           "a red circle moves right and a blue square spins on a black background", "a yellow heart falls and a green star spins in a starry sky"]
# Two objects keep to two lanes, so both move along the same axis.
LANE_MOTIONS = [["right", "left", "spin", "grow", "shrink"], ["up", "down", "bounce", "spin", "grow", "shrink"]]


def held_out(colour, shape, motion, background):
    """A tenth of all single-object combinations never occurs in training; the evaluation draws from these alone."""
    return (colour * 7 + shape * 11 + motion * 13 + background * 17) % 10 == 3


def article(word):
    return "an" if word[0] in "aeiou" else "a"


def caption(objects, background, rng):
    ing = rng.random() < 0.3
    parts = []
    for o in objects:
        shape = SHAPES[o["shape"]]
        noun = f"{COLOUR_NAMES[o['colour']]} {rng.choice(SHAPE_WORDS[shape])}"
        words = MOTION_WORDS[MOTIONS[o["motion"]]]
        finite, gerund = words[0] if rng.random() < 0.4 else rng.choice(words)
        subject = noun if rng.random() < 0.05 else f"{article(noun) if rng.random() < 0.95 else 'the'} {noun}"
        verb = gerund if ing else ("is " + gerund if rng.random() < 0.1 else finite)
        parts.append(f"{subject} {verb}")
    text = parts[0] if len(parts) == 1 else parts[0] + rng.choice([" and ", " and ", " and ", " while ", ", "]) + parts[1]
    if background is not None:
        words = BACKGROUND_WORDS[BACKGROUNDS[background]]
        text += " " + (words[0] if rng.random() < 0.35 else rng.choice(words))
    if ing and rng.random() < 0.5:
        text = rng.choice(PREFIXES) + text
    if rng.random() < 0.35:
        text = text[0].upper() + text[1:]
    return text + ("." if rng.random() < 0.25 else "")


T = np.linspace(0, 1, FRAMES)


def track(o, two, lane_axis, lane, rng):
    """Path of one object: rows x, y, radius, angle over the frames, in pixels and radians."""
    u, motion = rng.uniform, MOTIONS[o["motion"]]
    r = u(19, 23) if two else u(22, 27)
    x, y, angle, radius = np.full(FRAMES, u(62, 98)), np.full(FRAMES, u(62, 98)), np.zeros(FRAMES), np.full(FRAMES, r)
    start, end, across = u(26, 38), u(122, 134), u(50, 110)
    if two:
        across = u(42, 50) if lane == 0 else u(110, 118)
        if lane_axis == 0:
            y[:] = across
        else:
            x[:] = across
    if motion in ("right", "left"):
        y[:] = across
        x = start + (end - start) * (T if motion == "right" else 1 - T)
    elif motion in ("up", "down"):
        x[:] = across
        y = start + (end - start) * (T if motion == "down" else 1 - T)
    elif motion == "bounce":
        x[:] = across
        y = u(118, 128) - u(56, 72) * np.abs(np.sin(math.pi * (2 * T + rng.choice([0, 0.5]))))
    elif motion == "spin":
        angle = rng.choice([-1, 1]) * 2 * math.pi * u(0.9, 1.1) * T
    elif motion == "circle":
        phase, big = 2 * math.pi * (rng.choice([-1, 1]) * T + rng.random()), u(38, 44)
        x, y = u(76, 84) + big * np.cos(phase), u(76, 84) + big * np.sin(phase)
    elif motion == "grow":
        radius = r * (0.45 + 1.0 * T)
    elif motion == "shrink":
        radius = r * (1.45 - 1.0 * T)
    return np.stack([x, y, radius, angle]).astype(np.float32)


@dataclass
class Scenes:
    """n scenes as arrays: tracks [n,2,4,33], colour/shape/motion [n,2] (-1: no such object), background [n], stars [n,14,4], captions [n][k]"""
    tracks: np.ndarray
    colour: np.ndarray
    shape: np.ndarray
    motion: np.ndarray
    background: np.ndarray
    stars: np.ndarray
    captions: list

    def __len__(self):
        return len(self.background)

    def part(self, a, b):
        return Scenes(*[v[a:b] for v in (self.tracks, self.colour, self.shape, self.motion, self.background, self.stars, self.captions)])


def make_scenes(n, seed, objects=None, only_held_out=False, captions=1):
    rng = random.Random(seed)
    tracks = np.zeros((n, 2, 4, FRAMES), np.float32)
    colour, shape, motion = (np.full((n, 2), -1, np.int64) for _ in range(3))
    background, stars, texts = np.zeros(n, np.int64), np.zeros((n, STARS, 4), np.float32), []
    for i in range(n):
        two = (rng.random() < TWO) if objects is None else objects == 2
        while True:
            axis, first, back = rng.randrange(2), rng.randrange(2), rng.randrange(len(BACKGROUNDS))
            objs = []
            for _ in range(2 if two else 1):
                m = MOTIONS.index(rng.choice(LANE_MOTIONS[axis])) if two else rng.randrange(len(MOTIONS))
                s = rng.randrange(len(SHAPES))
                while MOTIONS[m] == "spin" and SHAPES[s] == "circle":  # nothing to see
                    s = rng.randrange(len(SHAPES))
                objs.append(dict(colour=rng.randrange(len(COLOURS)), shape=s, motion=m))
            if two and objs[0]["colour"] == objs[1]["colour"]:
                continue
            if two or held_out(objs[0]["colour"], objs[0]["shape"], objs[0]["motion"], back) == only_held_out:
                break
        background[i] = back
        for k, o in enumerate(objs):
            colour[i, k], shape[i, k], motion[i, k] = o["colour"], o["shape"], o["motion"]
            tracks[i, k] = track(o, two, axis, (k + first) % 2, rng)
        stars[i] = [[rng.uniform(4, 156), rng.uniform(4, 156), rng.uniform(1.4, 2.0), rng.uniform(0.55, 1.0)] for _ in range(STARS)]
        texts.append([caption(objs, back, rng) for _ in range(captions)])
    return Scenes(tracks, colour, shape, motion, background, stars, texts)


def _shard(args):
    n, seed, captions = args
    return make_scenes(n, seed, captions=captions)


def make_many(n, seed, pool, captions=4, shard=256):
    """n training scenes in shards of 256, each with its own seed, so the result does not depend on the number of processes."""
    parts = pool.map(_shard, [(shard, seed * 100003 + k, captions) for k in range(math.ceil(n / shard))])
    fields = ["tracks", "colour", "shape", "motion", "background", "stars"]
    return Scenes(*[np.concatenate([getattr(p, f) for p in parts])[:n] for f in fields], sum((p.captions for p in parts), [])[:n])


def sdf(shape, x, y):
    """Signed distance (inside negative) of a shape of about unit radius; x right, y up."""
    if shape == "circle":
        return torch.sqrt(x * x + y * y + 1e-12) - 0.97
    if shape == "square":
        qx, qy = x.abs() - 0.76, y.abs() - 0.76
        return torch.sqrt(qx.clamp(min=0) ** 2 + qy.clamp(min=0) ** 2 + 1e-12) + torch.maximum(qx, qy).clamp(max=0) - 0.1
    if shape == "triangle":
        k = math.sqrt(3.0)
        px, py = x.abs() - 1, y + 0.12 + 1 / k
        c = (px + k * py) > 0
        px, py = torch.where(c, (px - k * py) / 2, px), torch.where(c, (-k * px - py) / 2, py)
        px = px - px.clamp(-2, 0)
        return -torch.sqrt(px * px + py * py + 1e-12) * torch.sign(py)
    if shape == "star":
        r, rf, ax, ay = 1.14, 0.48, 0.809016994375, -0.587785252292
        px, py = x.abs(), y
        d = 2 * (ax * px + ay * py).clamp(min=0)
        px, py = px - d * ax, py - d * ay
        d = 2 * (-ax * px + ay * py).clamp(min=0)
        px, py = (px + d * ax).abs(), py - d * ay - r
        bx, by = rf * -ay, rf * ax - 1
        h = ((px * bx + py * by) / (bx * bx + by * by)).clamp(0, r)
        return torch.sqrt((px - bx * h) ** 2 + (py - by * h) ** 2 + 1e-12) * torch.sign(py * bx - px * by)
    if shape == "heart":
        s = 1.72
        px, py = (x / s).abs(), y / s + 0.56
        d1 = torch.sqrt((px - 0.25) ** 2 + (py - 0.75) ** 2 + 1e-12) - math.sqrt(2) / 4
        m = 0.5 * (px + py).clamp(min=0)
        d2 = torch.sqrt(torch.minimum(px ** 2 + (py - 1) ** 2, (px - m) ** 2 + (py - m) ** 2) + 1e-12) * torch.sign(px - py)
        return torch.where(px + py > 1, d1, d2) * s
    raise ValueError(shape)


def plain_backgrounds(device):
    """[6,3,160,160] in 0..1, without the stars"""
    g = (torch.arange(SIZE, device=device).float() + 0.5)
    v = (g / SIZE)[:, None].expand(SIZE, SIZE)

    def gradient(*stops):
        out = torch.zeros(3, SIZE, SIZE, device=device)
        for (p0, c0), (p1, c1) in zip(stops, stops[1:]):
            w = ((v - p0) / (p1 - p0)).clamp(0, 1)
            inside = ((v >= p0) & ((v < p1) | (p1 >= 1))).float()
            for k in range(3):
                out[k] += inside * (c0[k] * (1 - w) + c1[k] * w) / 255
        return out

    wave = torch.sin(math.pi * g / 20)
    check = torch.sigmoid(9 * wave[:, None] * wave[None, :])
    light, dark = torch.tensor([196., 200., 208.], device=device) / 255, torch.tensor([132., 138., 150.], device=device) / 255
    images = {"black": gradient((0, (8, 8, 10)), (1, (14, 14, 18))), "white": gradient((0, (250, 250, 250)), (1, (236, 238, 242))),
              "grey": gradient((0, (146, 146, 150)), (1, (112, 112, 116))),
              "sunset": gradient((0, (104, 80, 120)), (0.5, (186, 136, 140)), (0.8, (226, 182, 158)), (1, (248, 214, 186))),
              "stars": gradient((0, (8, 10, 36)), (1, (22, 20, 54))),
              "checkerboard": check * light[:, None, None] + (1 - check) * dark[:, None, None]}
    return torch.stack([images[b] for b in BACKGROUNDS])


@torch.no_grad()
def render(scenes, device, frames=slice(0, FRAMES)):
    """-> video [n,3,f,160,160] in 0..1 and object mask [n,1,f,160,160], both float32"""
    n = len(scenes)
    img = plain_backgrounds(device)[torch.as_tensor(scenes.background, device=device)]
    starry = np.flatnonzero(scenes.background == BACKGROUNDS.index("stars"))
    grid = torch.arange(SIZE, device=device).float() + 0.5
    if len(starry):
        s = torch.as_tensor(scenes.stars[starry], device=device)
        ex = torch.exp(-(grid - s[:, :, 0:1]) ** 2 / (2 * s[:, :, 2:3] ** 2))
        ey = torch.exp(-(grid - s[:, :, 1:2]) ** 2 / (2 * s[:, :, 2:3] ** 2)) * s[:, :, 3:4]
        glow = torch.einsum("nky,nkx->nyx", ey, ex)[:, None] * torch.tensor([1, 0.97, 0.88], device=device)[:, None, None]
        img[torch.as_tensor(starry, device=device)] += glow
    tracks = torch.as_tensor(scenes.tracks[..., frames], device=device)
    f = tracks.shape[-1]
    video = img.clamp(0, 1)[:, :, None].expand(n, 3, f, SIZE, SIZE).contiguous()
    mask = torch.zeros(n, 1, f, SIZE, SIZE, device=device)
    palette = torch.tensor(list(COLOURS.values()), device=device).float() / 255
    for k in range(2):
        for si, name in enumerate(SHAPES):
            idx = np.flatnonzero(scenes.shape[:, k] == si)
            if not len(idx):
                continue
            it = torch.as_tensor(idx, device=device)
            cx, cy, r, a = (tracks[it, k, j][:, :, None, None] for j in range(4))
            X, Y = (grid[None, None, None, :] - cx) / r, (grid[None, None, :, None] - cy) / r
            c, s = torch.cos(a), torch.sin(a)
            d = sdf(name, c * X + s * Y, s * X - c * Y) * r
            alpha = (0.5 - d / 2.0).clamp(0, 1)[:, None]
            shade = 1 - 0.12 * (0.6 * X + 0.8 * Y).clamp(-1.2, 1.2) - 0.12 * ((d + 4) / 4).clamp(0, 1)
            light = 0.3 * torch.exp(-((X + 0.3) ** 2 + (Y + 0.36) ** 2) / 0.09)[:, None]
            body = (palette[torch.as_tensor(scenes.colour[idx, k], device=device)][:, :, None, None, None] * shade[:, None]).clamp(0, 1)
            body = body + (1 - body) * light
            shadow = 0.3 * torch.exp(-d.clamp(min=0) / 5)[:, None]
            video[it] = video[it] * (1 - shadow) * (1 - alpha) + body * alpha
            mask[it] = torch.maximum(mask[it], alpha)
    return video, mask


def contact_sheet(clips, path, columns=6, scale=1):
    """clips: list of [3,f,h,w] in 0..1; one row each, `columns` frames evenly spaced"""
    from PIL import Image
    rows = []
    for v in clips:
        pick = np.linspace(0, v.shape[1] - 1, columns).round().astype(int)
        rows.append(np.concatenate([(v[:, i].float().permute(1, 2, 0).cpu().numpy().clip(0, 1) * 255).round().astype(np.uint8) for i in pick], 1))
    image = Image.fromarray(np.concatenate(rows, 0))
    if scale != 1:
        image = image.resize((int(image.width * scale), int(image.height * scale)), Image.LANCZOS)
    image.save(path)
