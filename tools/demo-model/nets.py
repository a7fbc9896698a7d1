"""The demo model's parts: diffusers modules that hold the weights, and faster forward functions with the same results for training.

Layouts here: VAE activations are channels-last [b, t, h, w, c]; the denoiser's latents are [b, f, c, h, w].
`python nets.py` compares every fast forward with diffusers' own on random weights (CPU, half a minute).
"""
import json
import os
import shutil

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import scenes as S

LATENT_FRAMES, LATENT, CHANNELS, PATCH = 9, 40, 8, 2
GRID = LATENT // PATCH
HEADS, HEAD_DIM, LAYERS = 3, 64, 8

VAE_CONFIG = dict(
    in_channels=3, out_channels=3, down_block_types=("CogVideoXDownBlock3D",) * 3, up_block_types=("CogVideoXUpBlock3D",) * 3,
    block_out_channels=(16, 32, 64), latent_channels=CHANNELS, layers_per_block=1, norm_num_groups=8, temporal_compression_ratio=4,
    sample_height=S.SIZE, sample_width=S.SIZE, scaling_factor=1.0)
TRANSFORMER_CONFIG = dict(
    num_attention_heads=HEADS, attention_head_dim=HEAD_DIM, in_channels=CHANNELS, out_channels=CHANNELS, time_embed_dim=64, text_embed_dim=128,
    num_layers=LAYERS, sample_width=LATENT, sample_height=LATENT, sample_frames=S.FRAMES, patch_size=PATCH, temporal_compression_ratio=4,
    max_text_seq_length=S.MAX_TOKENS, use_rotary_positional_embeddings=True, patch_bias=True)
TEXT_CONFIG = dict(
    vocab_size=384, d_model=128, d_kv=32, d_ff=256, num_layers=3, num_heads=4, relative_attention_num_buckets=32,
    relative_attention_max_distance=128, dropout_rate=0.0, layer_norm_epsilon=1e-6, feed_forward_proj="gated-gelu",
    is_encoder_decoder=False, use_cache=False, tie_word_embeddings=False)
SCHEDULER_CONFIG = dict(
    beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012, clip_sample=False, prediction_type="v_prediction",
    rescale_betas_zero_snr=True, set_alpha_to_one=True, snr_shift_scale=3.0, timestep_spacing="trailing")


# ---------------------------------------------------------------- VAE

def stack_frames(x):
    """[n,t,h,w,c] -> [n,t,h,w,3c]: every frame with the two before it; the first stands for those that are missing"""
    x = torch.cat([x[:, :1], x[:, :1], x], 1)
    return torch.cat([x[:, :-2], x[:, 1:-1], x[:, 2:]], -1)


def first_apart(x, rest):
    return torch.cat([x[:, :1], rest(x[:, 1:])], 1)


class FastVae:
    """AutoencoderKLCogVideoX's encoder and decoder on whole clips of 4k + 1 frames, channels last.

    Diffusers works in chunks (9 frames, then 8 at a time) with caches between them. Causal convolutions, resampling in time and the modulation's
    stretching give the same result without chunks; only the group norms see the chunks, so their statistics are taken chunk by chunk here.
    """

    def __init__(self, vae, kernels=None):
        self.vae, self.kernels = vae, torch.cuda.is_available() if kernels is None else kernels

    @staticmethod
    def stacked_conv(x, m):
        """causal 3x3x3 convolution as a 2D one over three stacked frames"""
        n, t, h, w, c = x.shape
        k = m.conv.weight
        y = F.conv2d(x.reshape(n * t, h, w, c).permute(0, 3, 1, 2), k.permute(0, 2, 1, 3, 4).reshape(k.shape[0], c, 3, 3), m.conv.bias, padding=1)
        return y.permute(0, 2, 3, 1).reshape(n, t, h, w, -1)

    @staticmethod
    def frame_conv(x, m, stride=1, padding=1):
        n, t, h, w, c = x.shape
        y = F.conv2d(x.reshape(n * t, h, w, c).permute(0, 3, 1, 2), m.weight, m.bias, stride=stride, padding=padding).permute(0, 2, 3, 1)
        return y.reshape(n, t, *y.shape[1:])

    @staticmethod
    def plain_norm_act(x, m, a, b, seg):
        """group norm over chunks of `seg` frames (the first has one more), modulation by nearest neighbour, SiLU"""
        n, t, h, w, c = x.shape

        def norm(x):
            return F.group_norm(x.float().permute(0, 4, 1, 2, 3), m.num_groups, m.weight.float(), m.bias.float(), m.eps).permute(0, 2, 3, 4, 1)

        y = torch.cat([norm(x[:, (i > 0) + i * seg:1 + (i + 1) * seg]) for i in range((t - 1) // seg)], 1)
        if a is not None:
            def stretch(z):
                def rest(z, t):
                    n, tz, hz, wz, c = z.shape
                    return z[:, :, None, :, None, :, None].expand(n, tz, t // tz, hz, h // hz, wz, w // wz, c).reshape(n, t, h, w, c)
                return torch.cat([rest(z[:, :1], 1), rest(z[:, 1:], t - 1)], 1).float()
            y = y * stretch(a) + stretch(b)
        return F.silu(y).to(x.dtype)

    def norm_conv(self, x, m, conv, zq, seg):
        """(spatial) group norm, SiLU, causal convolution; the modulation's 1x1x1 convolutions commute with stretching"""
        a = b = None
        if zq is not None:
            a, b = (F.linear(zq, k.conv.weight.flatten(1), k.conv.bias) for k in (m.conv_y, m.conv_b))
            m = m.norm_layer
        if self.kernels:
            import vae_kernels
            y = vae_kernels.norm_stack(x.contiguous(), m.weight, m.bias, a, b, m.num_groups, m.eps, seg)
        else:
            y = stack_frames(self.plain_norm_act(x, m, a, b, seg))
        return self.stacked_conv(y, conv)

    def resnet(self, x, m, zq, seg):
        h = self.norm_conv(x, m.norm1, m.conv1, zq, seg)
        h = self.norm_conv(h, m.norm2, m.conv2, zq, seg)
        if m.in_channels != m.out_channels:
            x = F.linear(x, m.conv_shortcut.weight.flatten(1), m.conv_shortcut.bias)
        return h + x

    def down(self, x, m):
        if m.compress_time:
            x = first_apart(x, lambda r: (r[:, ::2] + r[:, 1::2]) / 2)
        return self.frame_conv(F.pad(x, (0, 0, 0, 1, 0, 1)), m.conv, stride=2, padding=0)

    def up(self, x, m):
        """the convolution works frame by frame, so frames are repeated after it"""
        n, t = x.shape[:2]
        y = F.interpolate(x.flatten(0, 1).permute(0, 3, 1, 2), scale_factor=2.0, mode="nearest")
        y = self.frame_conv(y.permute(0, 2, 3, 1).unflatten(0, (n, t)), m.conv)
        return first_apart(y, lambda r: r[:, :, None].expand(-1, -1, 2, -1, -1, -1).flatten(1, 2)) if m.compress_time else y

    def encode(self, x):
        """[b,t,h,w,3] in -1..1, t = 8k + 1 -> moments [b,t',h/4,w/4,16]"""
        e, seg = self.vae.encoder, 8
        x = self.stacked_conv(stack_frames(x), e.conv_in)
        for b in e.down_blocks:
            for r in b.resnets:
                x = self.resnet(x, r, None, seg)
            if b.downsamplers is not None:
                x = self.down(x, b.downsamplers[0])
                seg //= 2 if b.downsamplers[0].compress_time else 1
        for r in e.mid_block.resnets:
            x = self.resnet(x, r, None, seg)
        return self.norm_conv(x, e.norm_out, e.conv_out, None, seg)

    def decode(self, z):
        d, seg = self.vae.decoder, 2
        x = self.stacked_conv(stack_frames(z), d.conv_in)
        for r in d.mid_block.resnets:
            x = self.resnet(x, r, z, seg)
        for b in d.up_blocks:
            for r in b.resnets:
                x = self.resnet(x, r, z, seg)
            if b.upsamplers is not None:
                x = self.up(x, b.upsamplers[0])
                seg *= 2 if b.upsamplers[0].compress_time else 1
        return self.norm_conv(x, d.norm_out, d.conv_out, z, seg)


# ---------------------------------------------------------------- text encoder

def t5_bias(te, length, device):
    a = te.encoder.block[0].layer[0].SelfAttention
    pos = torch.arange(length, device=device)
    buckets = a._relative_position_bucket(pos[None] - pos[:, None], bidirectional=True, num_buckets=32, max_distance=128)
    return buckets


def t5(te, ids, buckets):
    """T5EncoderModel without an attention mask, as CogVideoXPipeline calls it"""
    def rms(x, m):
        return (x.float() * torch.rsqrt(x.float().square().mean(-1, keepdim=True) + 1e-6)).to(x.dtype) * m.weight
    x = F.embedding(ids, te.shared.weight)
    bias = None
    for b in te.encoder.block:
        a, ff = b.layer[0].SelfAttention, b.layer[1].DenseReluDense
        h = rms(x, b.layer[0].layer_norm)
        q, k, v = (F.linear(h, m.weight).unflatten(-1, (4, 32)).transpose(1, 2) for m in (a.q, a.k, a.v))
        if bias is None:
            bias = F.embedding(buckets, a.relative_attention_bias.weight).permute(2, 0, 1)[None]
        p = torch.softmax((q @ k.transpose(-1, -2) + bias).float(), -1).to(v.dtype)
        x = x + F.linear((p @ v).transpose(1, 2).flatten(2), a.o.weight)
        h = rms(x, b.layer[1].layer_norm)
        x = x + F.linear(F.gelu(F.linear(h, ff.wi_0.weight), approximate="tanh") * F.linear(h, ff.wi_1.weight), ff.wo.weight)
    return rms(x, te.encoder.final_layer_norm)


# ---------------------------------------------------------------- denoiser

def rope(device, grid=GRID, stretch=1, text=S.MAX_TOKENS):
    """cos, sin [text + 9*grid*grid, 64]; a coarse grid sits at the centres of the fine cells it stands for"""
    from diffusers.models.embeddings import get_1d_rotary_pos_embed
    axis = torch.arange(grid, dtype=torch.float32) * stretch + (stretch - 1) / 2
    ft, fs = (get_1d_rotary_pos_embed(d, p, theta=10000, use_real=True) for d, p in ((16, torch.arange(LATENT_FRAMES).float()), (24, axis)))
    out = []
    for k, pad in ((0, torch.ones), (1, torch.zeros)):
        t = ft[k][:, None, None].expand(-1, grid, grid, -1)
        h = fs[k][None, :, None].expand(LATENT_FRAMES, -1, grid, -1)
        w = fs[k][None, None, :].expand(LATENT_FRAMES, grid, -1, -1)
        out.append(torch.cat([pad(text, HEAD_DIM), torch.cat([t, h, w], -1).flatten(0, 2)]).to(device))
    return out


def rotate(x, cos, sin):
    a, b = x.float().unflatten(-1, (-1, 2)).unbind(-1)
    return (x.float() * cos + torch.stack([-b, a], -1).flatten(-2) * sin).to(x.dtype)


def block(x, is_text, st, cos, sin, attend, w1, b1, g1, e1, wq, bq, wk, bk, wv, bv, nqw, nqb, nkw, nkb, wo, bo, w2, b2, g2, e2, f1w, f1b, f2w, f2b):
    """one CogVideoXBlock on the joint sequence (text first); is_text [1, n, 1]"""
    n, length, c = x.shape

    def modulated(w, b, g, e):
        sh, sc, ga, tsh, tsc, tga = F.linear(st, w, b)[:, None].chunk(6, dim=-1)
        h = F.layer_norm(x, (c,), g, e, 1e-5) * (1 + torch.where(is_text, tsc, sc)) + torch.where(is_text, tsh, sh)
        return h, torch.where(is_text, tga, ga)

    h, gate = modulated(w1, b1, g1, e1)
    q, k, v = F.linear(h, torch.cat([wq, wk, wv]), torch.cat([bq, bk, bv])).view(n, length, 3, HEADS, HEAD_DIM).unbind(2)
    q, k = F.layer_norm(q, (HEAD_DIM,), nqw, nqb, 1e-6), F.layer_norm(k, (HEAD_DIM,), nkw, nkb, 1e-6)
    q, k, v = rotate(q.transpose(1, 2), cos, sin), rotate(k.transpose(1, 2), cos, sin), v.transpose(1, 2)
    x = x + gate * F.linear(attend(q, k, v).transpose(1, 2).reshape(n, length, c), wo, bo)
    h, gate = modulated(w2, b2, g2, e2)
    return x + gate * F.linear(F.gelu(F.linear(h, f1w, f1b), approximate="tanh"), f2w, f2b)


def block_weights(b):
    a = b.attn1
    mods = [b.norm1.linear, b.norm1.norm, a.to_q, a.to_k, a.to_v, a.norm_q, a.norm_k, a.to_out[0], b.norm2.linear, b.norm2.norm, b.ff.net[0].proj, b.ff.net[2]]
    return [p for m in mods for p in (m.weight, m.bias)]


def denoise(tr, x, text, t, is_text, cos, sin, blk=block, attend=F.scaled_dot_product_attention, tap=None):
    """CogVideoXTransformer3DModel's v prediction; x [b,f,c,h,w], text [b,l,d], t [b]; `attend` may be a list, one a layer; tap(i, z) sees block i's output"""
    n, f, c, h, w = x.shape
    emb = tr.time_embedding(tr.time_proj(t).to(x.dtype))
    p = tr.patch_embed.proj
    tokens = x.reshape(n, f, c, h // 2, 2, w // 2, 2).permute(0, 1, 3, 5, 2, 4, 6).reshape(n, f * h * w // 4, c * 4)
    z = torch.cat([tr.patch_embed.text_proj(text), F.linear(tokens, p.weight.flatten(1), p.bias)], 1)
    st = F.silu(emb)
    for i, b in enumerate(tr.transformer_blocks):
        z = blk(z, is_text, st, cos, sin, attend[i] if isinstance(attend, list) else attend, *block_weights(b))
        if tap is not None:
            tap(i, z)
    z = tr.proj_out(tr.norm_out(tr.norm_final(z[:, text.shape[1]:]), temb=emb))
    return z.reshape(n, f, h // 2, w // 2, c, 2, 2).permute(0, 1, 4, 2, 5, 3, 6).reshape(n, f, c, h, w)


def text_mask(tokens, device, text=S.MAX_TOKENS):
    return (torch.arange(tokens + text, device=device) < text)[None, :, None]


def new_transformer():
    from diffusers import CogVideoXTransformer3DModel
    tr = CogVideoXTransformer3DModel(**TRANSFORMER_CONFIG)
    for n, p in tr.named_parameters():
        if n.endswith("bias"):
            nn.init.zeros_(p)
        elif p.ndim >= 2:
            nn.init.xavier_uniform_(p if p.ndim == 2 else p.data.flatten(1))
    for b in tr.transformer_blocks:  # each block starts as the identity
        nn.init.zeros_(b.norm1.linear.weight)
        nn.init.zeros_(b.norm2.linear.weight)
    nn.init.zeros_(tr.norm_out.linear.weight)
    nn.init.zeros_(tr.proj_out.weight)
    nn.init.normal_(tr.time_embedding.linear_1.weight, std=0.02)
    nn.init.normal_(tr.time_embedding.linear_2.weight, std=0.05)
    return tr


def new_text_encoder():
    from transformers import T5Config, T5EncoderModel
    return T5EncoderModel(T5Config(**TEXT_CONFIG))


def alphas(device):
    from diffusers import CogVideoXDDIMScheduler
    return CogVideoXDDIMScheduler(**SCHEDULER_CONFIG).alphas_cumprod.float().to(device)


# ---------------------------------------------------------------- sampling

@torch.no_grad()
def sample(tr, text, empty, noise, steps, guidance, attend=None, dtype=torch.bfloat16, start=0, at_step=None):
    """CogVideoXPipeline with CogVideoXDDIMScheduler; noise [b,9,8,40,40] fp32 -> latents fp32.
    attend(step) gives the attention of that step; a run can begin at step `start` with the latents that another handed to `at_step`."""
    device, n = noise.device, noise.shape[0]
    a = alphas(device)
    cos, sin = rope(device)
    is_text = text_mask(LATENT_FRAMES * GRID * GRID, device)
    both = torch.cat([empty.expand(n, -1, -1), text]).to(dtype)
    ts = np.round(np.arange(1000, 0, -1000 / steps)).astype(np.int64) - 1
    x = noise
    for i, t in enumerate(ts):
        if i < start:
            continue
        if at_step:
            at_step(i, x)
        at = a[t]
        prev = t - 1000 // steps
        ap = a[prev] if prev >= 0 else torch.ones((), device=device)
        v = denoise(tr, torch.cat([x, x]).to(dtype), both, torch.full((2 * n,), int(t), device=device), is_text, cos, sin,
                    attend=attend(i) if attend else F.scaled_dot_product_attention).float()
        v = v[:n] + guidance * (v[n:] - v[:n])
        x0 = at.sqrt() * x - (1 - at).sqrt() * v
        k = ((1 - ap) / (1 - at)).sqrt()
        x = k * x + (ap.sqrt() - at.sqrt() * k) * x0
    return x


@torch.no_grad()
def decode_latents(vae, x, chunk=16):
    """latents [b,9,8,40,40] -> video [b,3,33,160,160] in 0..1, float32"""
    fast, dtype = FastVae(vae), next(vae.parameters()).dtype
    out = [fast.decode((p / vae.config.scaling_factor).permute(0, 1, 3, 4, 2).to(dtype)).permute(0, 4, 1, 2, 3).float() for p in x.split(chunk)]
    return (torch.cat(out) / 2 + 0.5).clamp(0, 1)


# ---------------------------------------------------------------- tokenizer and folder

def train_tokenizer(folder, n=60000):
    import string
    import sentencepiece as sp
    os.makedirs(folder, exist_ok=True)
    texts = [c[0] for c in S.make_scenes(n, 4242).captions] + ["a red circle moves right and a blue square spins on a black background"] * 10
    corpus = folder + "/corpus.txt"
    open(corpus, "w").write("\n".join(texts))
    sp.SentencePieceTrainer.train(
        input=corpus, model_prefix=folder + "/spiece", vocab_size=256, model_type="unigram", pad_id=0, eos_id=1, unk_id=2, bos_id=-1, pad_piece="<pad>",
        eos_piece="</s>", unk_piece="<unk>", character_coverage=1.0, required_chars=string.ascii_letters + string.digits + ".,!?'-:;", minloglevel=2,
        num_threads=1, hard_vocab_limit=False)
    os.remove(corpus)
    os.remove(folder + "/spiece.vocab")
    extra = [f"<extra_id_{i}>" for i in range(100)]
    base = {"additional_special_tokens": extra, "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    write_json(folder + "/special_tokens_map.json", base)
    write_json(folder + "/tokenizer_config.json", base | {"clean_up_tokenization_spaces": True, "extra_ids": 100, "legacy": True,
               "model_max_length": S.MAX_TOKENS, "sp_model_kwargs": {}, "tokenizer_class": "T5Tokenizer"})


def write_json(path, value):
    with open(path, "w") as f:
        json.dump(value, f, indent=2)
        f.write("\n")


class Tokenizer:
    def __init__(self, folder):
        import sentencepiece as sp
        self.sp = sp.SentencePieceProcessor(model_file=folder + "/spiece.model")

    def __call__(self, texts):
        out = np.zeros((len(texts), S.MAX_TOKENS), np.int64)
        for i, a in enumerate(self.sp.encode(list(texts))):
            a = a[:S.MAX_TOKENS - 1] + [1]
            out[i, :len(a)] = a
        return torch.from_numpy(out)


def save_static(folder, tokenizer):
    from diffusers import CogVideoXDDIMScheduler
    os.makedirs(folder, exist_ok=True)
    if os.path.abspath(tokenizer) != os.path.abspath(folder + "/tokenizer"):
        shutil.copytree(tokenizer, folder + "/tokenizer", dirs_exist_ok=True)
    CogVideoXDDIMScheduler(**SCHEDULER_CONFIG).save_pretrained(folder + "/scheduler")
    write_json(folder + "/model_index.json", {
        "_class_name": "CogVideoXPipeline", "_diffusers_version": "0.32.0", "scheduler": ["diffusers", "CogVideoXDDIMScheduler"],
        "text_encoder": ["transformers", "T5EncoderModel"], "tokenizer": ["transformers", "T5Tokenizer"],
        "transformer": ["diffusers", "CogVideoXTransformer3DModel"], "vae": ["diffusers", "AutoencoderKLCogVideoX"]})


def load(folder, device, dtype=torch.bfloat16):
    from diffusers import AutoencoderKLCogVideoX, CogVideoXTransformer3DModel
    from transformers import T5EncoderModel
    parts = [c.from_pretrained(f"{folder}/{n}", torch_dtype=dtype).to(device).eval() for c, n in
             ((CogVideoXTransformer3DModel, "transformer"), (T5EncoderModel, "text_encoder"), (AutoencoderKLCogVideoX, "vae"))]
    return (*parts, Tokenizer(folder + "/tokenizer"))


# ---------------------------------------------------------------- optimiser

def newton_schulz(g):
    """batched orthogonalisation [n,r,c] (Muon)"""
    x = g.bfloat16()
    turn = x.shape[1] > x.shape[2]
    x = x.transpose(1, 2) if turn else x
    x = x / (x.float().flatten(1).norm(dim=1)[:, None, None].to(x.dtype) + 1e-7)
    for _ in range(5):
        a = x @ x.transpose(1, 2)
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * (a @ a)) @ x
    return (x.transpose(1, 2) if turn else x).float()


class Optimiser:
    """fp32 masters of bf16 parameters: Muon for the block matrices named in `muon`, AdamW for the rest; moving average; graph-capturable"""

    def __init__(self, named, lr, betas, weight_decay, muon=lambda n, p: False, muon_lr=0.0):
        named = [(n, p) for n, p in named if p.requires_grad]
        self.names, self.p = [n for n, _ in named], [p for _, p in named]
        dev, groups = self.p[0].device, {}
        self.m = [p.detach().float().clone() for p in self.p]
        for i, (n, p) in enumerate(named):
            if muon(n, p):
                groups.setdefault(tuple(p.shape), []).append(i)
        self.stacks, self.moments = [], []
        for idx in groups.values():
            stack = torch.stack([self.m[i] for i in idx])
            for k, i in enumerate(idx):
                self.m[i] = stack[k]
            self.stacks.append((stack, idx))
            self.moments.append(torch.zeros_like(stack))
        taken = {i for _, idx in self.stacks for i in idx}
        rest = [i for i in range(len(self.m)) if i not in taken]
        self.g = [torch.zeros_like(m) for m in self.m]
        for i in rest:
            self.m[i].grad = self.g[i]
        self.lr, self.base_lr, self.muon_lr = torch.tensor(lr, device=dev), lr, muon_lr
        cuda = dev.type == "cuda"
        self.adam = torch.optim.AdamW([{"params": [self.m[i] for i in rest if self.m[i].ndim > 1], "weight_decay": weight_decay},
                                       {"params": [self.m[i] for i in rest if self.m[i].ndim <= 1], "weight_decay": 0.0}],
                                      lr=self.lr, betas=betas, fused=cuda or None, capturable=cuda)
        self.factor = torch.ones((), device=dev)
        self.ema, self.n = [m.clone() for m in self.m], 0

    def set_factor(self, f):
        self.factor.fill_(f)
        self.lr.fill_(self.base_lr * f)

    @torch.no_grad()
    def step(self):
        torch._foreach_copy_(self.g, [p.grad for p in self.p])
        norm = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(self.g)))
        scale = torch.clamp(1.0 / (norm + 1e-6), max=1.0)
        torch._foreach_mul_(self.g, scale)
        for (stack, idx), mom in zip(self.stacks, self.moments):
            g = torch.stack([self.g[i] for i in idx])
            mom.lerp_(g, 0.05)
            u = newton_schulz(g.lerp(mom, 0.95)) * max(1, g.shape[1] / g.shape[2]) ** 0.5
            stack.mul_(1 - self.factor * (self.muon_lr * 0.05)).sub_(u * (self.factor * self.muon_lr))
        self.adam.step()
        torch._foreach_copy_(self.p, self.m)
        return norm

    @torch.no_grad()
    def average(self, decay, every):
        """moving average, called once in `every` steps"""
        self.n += every
        d = min(decay, (1 + self.n) / (10 + self.n)) ** every
        torch._foreach_lerp_(self.ema, self.m, 1 - d)

    def state(self):
        adam = [self.adam.state[p] for g in self.adam.param_groups for p in g["params"]]
        return {"m": [m.cpu().clone() for m in self.m], "muon": [x.bfloat16().cpu() for x in self.moments], "n": self.n,
                "adam": [(s["exp_avg"].bfloat16().cpu(), s["exp_avg_sq"].bfloat16().cpu(), float(s["step"])) for s in adam]}

    @torch.no_grad()
    def load_state(self, s, ema):
        for m, v in zip(self.m, s["m"]):
            m.copy_(v)
        for m, v in zip(self.moments, s["muon"]):
            m.copy_(v)
        for p, (a, b, n) in zip([p for g in self.adam.param_groups for p in g["params"]], s["adam"]):
            st = self.adam.state[p]
            st["exp_avg"], st["exp_avg_sq"] = a.float().to(p.device), b.float().to(p.device)
            st["step"] = torch.tensor(n, device=p.device if p.is_cuda else "cpu")
        for e, v in zip(self.ema, ema):
            e.copy_(v)
        self.n = s["n"]
        torch._foreach_copy_(self.p, self.m)


def check():
    from diffusers import AutoencoderKLCogVideoX
    torch.manual_seed(0)
    vae = AutoencoderKLCogVideoX(**VAE_CONFIG)
    x = torch.randn(1, 3, 33, 64, 64)
    with torch.no_grad():
        ref = vae.encode(x).latent_dist.parameters
        fast = FastVae(vae)
        z = fast.encode(x.permute(0, 2, 3, 4, 1)).permute(0, 4, 1, 2, 3)
        print("encode", (z - ref).abs().max().item())
        y = fast.decode(ref[:, :8].permute(0, 2, 3, 4, 1).contiguous()).permute(0, 4, 1, 2, 3)
        print("decode", (y - vae.decode(ref[:, :8]).sample).abs().max().item())
        te = new_text_encoder()
        ids = torch.randint(0, 248, (2, 32))
        print("t5", (t5(te, ids, t5_bias(te, 32, "cpu")) - te(ids)[0]).abs().max().item())
        tr = new_transformer()
        for p in tr.parameters():
            p.add_(torch.randn_like(p) * 0.05)
        from diffusers import CogVideoXDDIMScheduler, CogVideoXPipeline
        pipe = CogVideoXPipeline(tokenizer=None, text_encoder=None, vae=vae, transformer=tr, scheduler=CogVideoXDDIMScheduler(**SCHEDULER_CONFIG))
        pipe.set_progress_bar_config(disable=True)
        noise, text, empty = torch.randn(1, 9, 8, 40, 40), torch.randn(1, 32, 128), torch.randn(1, 32, 128)
        want = pipe(prompt_embeds=text, negative_prompt_embeds=empty, height=160, width=160, num_frames=33, num_inference_steps=3, guidance_scale=4.0,
                    latents=noise, max_sequence_length=32, output_type="latent").frames
        got = sample(tr, text, empty, noise, 3, 4.0, dtype=torch.float32)
        print("pipeline", (got - want).abs().max().item(), want.abs().max().item())
    print("parameters", *(sum(p.numel() for p in m.parameters()) for m in (vae, te, tr)))


if __name__ == "__main__":
    check()
