"""The shipped demo model with PyTorch alone: reads and writes safetensors, and gives nets.py's forwards what they need of diffusers' modules.

`python plain.py MODEL NOISE LATENTS PROMPT STEPS` samples with `NOISE`'s tensor "latents" and compares with what another program made of it (--latents, --save-latents).
"""
import json
import struct
import sys

import numpy as np
import torch
import torch.nn.functional as F

import nets as N
import scenes as S

TYPES = {"BF16": torch.bfloat16, "F16": torch.float16, "F32": torch.float32}


def read(path):
    raw = open(path, "rb").read()
    size = struct.unpack("<Q", raw[:8])[0]
    head = json.loads(raw[8:8 + size])
    head.pop("__metadata__", None)
    data = bytearray(raw[8 + size:])
    return {k: torch.frombuffer(data, dtype=TYPES[v["dtype"]], count=int(np.prod(v["shape"])), offset=v["data_offsets"][0]).reshape(v["shape"]).clone()
            for k, v in head.items()}


def write(path, tensors, metadata):
    head, parts, at = {"__metadata__": metadata}, [], 0
    for k, t in tensors.items():
        b = t.cpu().to(torch.float16).contiguous().numpy().tobytes()
        head[k] = {"dtype": "F16", "shape": list(t.shape), "data_offsets": [at, at + len(b)]}
        parts.append(b)
        at += len(b)
    text = json.dumps(head).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(parts))


class Node:
    """a module of a name's parts; what it lacks is None"""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return None


def tree(state):
    """modules of a state dict: numbered children are lists"""
    names = {}
    for k, v in state.items():
        first, _, rest = k.partition(".")
        names.setdefault(first, {})[rest] = v
    made = {k: v[""] if "" in v else tree(v) for k, v in names.items()}
    if all(k.isdigit() for k in made):
        return [made[str(i)] for i in range(len(made))]
    node = Node()
    node.__dict__.update(made)
    if "conv1" in made:
        node.out_channels, node.in_channels = made["conv1"].conv.weight.shape[:2]
    node.num_groups, node.eps = 8, 1e-6
    return node


class Vae(N.FastVae):
    def __init__(self, folder, device, dtype):
        modules = tree({k: v.to(device, dtype) for k, v in read(folder + "/diffusion_pytorch_model.safetensors").items()})
        for i in range(2):
            modules.encoder.down_blocks[i].downsamplers[0].compress_time = True
            modules.decoder.up_blocks[i].upsamplers[0].compress_time = True
        super().__init__(modules, kernels=False)
        self.factor, self.dtype = json.load(open(folder + "/config.json"))["scaling_factor"], dtype

    def latents(self, video):
        """[b,3,33,160,160] in 0..1 -> [b,9,8,40,40]"""
        z = self.encode((video * 2 - 1).permute(0, 2, 3, 4, 1).to(self.dtype))[..., :N.CHANNELS].float() * self.factor
        return z.permute(0, 1, 4, 2, 3)

    def video(self, latents):
        """[b,9,8,40,40] -> [b,3,33,160,160] in 0..1"""
        y = self.decode((latents / self.factor).permute(0, 1, 3, 4, 2).to(self.dtype))
        return (y.permute(0, 4, 1, 2, 3).float() / 2 + 0.5).clamp(0, 1)


class Text:
    def __init__(self, model, device, dtype):
        state = read(model + "/text_encoder/model.safetensors")
        if "shared.weight" not in state:
            state["shared.weight"] = state["encoder.embed_tokens.weight"]
        self.te = tree({k: v.to(device, dtype) for k, v in state.items()})
        self.tokens, self.device = N.Tokenizer(model + "/tokenizer"), device
        p = torch.arange(S.MAX_TOKENS, device=device)
        r = p[None] - p[:, None]
        n = r.abs()
        large = (8 + (torch.log(n.clamp(min=1).float() / 8) / np.log(16) * 8).long()).clamp(max=15)
        self.buckets = (r > 0).long() * 16 + torch.where(n < 8, n, large)

    @torch.no_grad()
    def __call__(self, captions):
        return N.t5(self.te, self.tokens(captions).to(self.device), self.buckets)


def alphas(device):
    b = torch.linspace(0.00085 ** 0.5, 0.012 ** 0.5, 1000, dtype=torch.float64) ** 2
    a = torch.cumprod(1 - b, 0)
    a = (a / (3 - 2 * a)).sqrt()
    return (((a - a[-1]) * a[0] / (a[0] - a[-1])) ** 2).float().to(device)


def rope(device):
    def axis(dim, count):
        f = torch.outer(torch.arange(count).float(), 1 / 10000 ** (torch.arange(0, dim, 2).float() / dim))
        return f.cos().repeat_interleave(2, 1), f.sin().repeat_interleave(2, 1)
    time, space, out = axis(16, N.LATENT_FRAMES), axis(24, N.GRID), []
    for k, pad in ((0, torch.ones), (1, torch.zeros)):
        t = time[k][:, None, None].expand(-1, N.GRID, N.GRID, -1)
        h = space[k][None, :, None].expand(N.LATENT_FRAMES, -1, N.GRID, -1)
        w = space[k][None, None].expand(N.LATENT_FRAMES, N.GRID, -1, -1)
        out.append(torch.cat([pad(S.MAX_TOKENS, N.HEAD_DIM), torch.cat([t, h, w], -1).flatten(0, 2)]).to(device))
    return out


class Denoiser:
    """the transformer as a function of its weights, so that others can be given in their place"""

    def __init__(self, model, device, dtype, block=N.block):
        self.weights = {k: v.to(device, dtype) for k, v in read(model + "/transformer/diffusion_pytorch_model.safetensors").items()}
        self.block, self.device, self.dtype = block, device, dtype
        self.cos, self.sin = rope(device)
        self.is_text = N.text_mask(N.LATENT_FRAMES * N.GRID * N.GRID, device)
        self.alpha = alphas(device)

    def v(self, x, text, t, changed=None):
        """v prediction of x [b,9,8,40,40] at times t [b]; `changed`: weights in place of the model's"""
        w = {**self.weights, **(changed or {})}

        def lin(name, y):
            return F.linear(y, w[name + ".weight"].flatten(1), w[name + ".bias"])
        n, f, c, h, _ = x.shape
        half = N.HEADS * N.HEAD_DIM // 2
        arg = t.float()[:, None] * torch.exp(torch.arange(half, device=x.device) * (-np.log(10000) / half))
        emb = torch.cat([arg.cos(), arg.sin()], -1).to(self.dtype)
        st = F.silu(lin("time_embedding.linear_2", F.silu(lin("time_embedding.linear_1", emb))))
        g = h // 2
        tokens = x.to(self.dtype).reshape(n, f, c, g, 2, g, 2).permute(0, 1, 3, 5, 2, 4, 6).reshape(n, f * g * g, c * 4)
        z = torch.cat([lin("patch_embed.text_proj", text), lin("patch_embed.proj", tokens)], 1)
        for i in range(N.LAYERS):
            names = ("norm1.linear", "norm1.norm", "attn1.to_q", "attn1.to_k", "attn1.to_v", "attn1.norm_q", "attn1.norm_k", "attn1.to_out.0",
                     "norm2.linear", "norm2.norm", "ff.net.0.proj", "ff.net.2")
            z = self.block(z, self.is_text, st, self.cos, self.sin, F.scaled_dot_product_attention,
                           *(w[f"transformer_blocks.{i}.{m}.{p}"] for m in names for p in ("weight", "bias")))
        z = z[:, text.shape[1]:]
        width = z.shape[-1:]
        shift, scale = lin("norm_out.linear", st)[:, None].chunk(2, -1)
        z = F.layer_norm(z, width, w["norm_final.weight"], w["norm_final.bias"], 1e-5)
        z = F.layer_norm(z, width, w["norm_out.norm.weight"], w["norm_out.norm.bias"], 1e-5) * (1 + scale) + shift
        z = lin("proj_out", z)
        return z.reshape(n, f, g, g, c, 2, 2).permute(0, 1, 4, 2, 5, 3, 6).reshape(n, f, c, h, h).float()

    def level(self, t):
        """share of the signal's power at time t, 1 behind the last step"""
        return self.alpha[t] if t >= 0 else torch.ones((), device=self.device)

    def step(self, x, v, t, to):
        """DDIM from time t to time `to`"""
        a, b = self.level(t), self.level(to)
        x0 = a.sqrt() * x - (1 - a).sqrt() * v
        k = ((1 - b) / (1 - a)).sqrt()
        return k * x + (b.sqrt() - a.sqrt() * k) * x0

    @torch.no_grad()
    def sample(self, x, text, empty, times, guidance, changed=None):
        """from x at times[0] through all of them; the last may be below 0"""
        n = len(x)
        for t, to in zip(times, times[1:]):
            at = torch.full((n,), int(t), device=x.device)
            if guidance == 1:
                v = self.v(x, text, at, changed)
            else:
                both = self.v(torch.cat([x, x]), torch.cat([empty.expand(n, -1, -1), text]), torch.cat([at, at]), changed)
                v = both[:n] + guidance * (both[n:] - both[:n])
            x = self.step(x, v, int(t), int(to))
        return x


def times(steps):
    """of a run, and what follows the last"""
    return [round(1000 - i * 1000 / steps) - 1 for i in range(steps)] + [-1]


if __name__ == "__main__":
    model, noise, expected = sys.argv[1:4]
    net, words = Denoiser(model, "cpu", torch.float32), Text(model, "cpu", torch.float32)
    got = net.sample(read(noise)["latents"], words([sys.argv[4]]), words([""]), times(int(sys.argv[5])), 3.0)
    want = read(expected)["latents"]
    print("relative difference", ((got - want).norm() / want.norm()).item())
