import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recipeOf, requestValues } from '../src/logic/recipe.ts';
import { mp4Texts } from '../src/logic/mp4.ts';

const RECIPE =
    '{"svgen":"1.4.0","model":"CogVideoXPipeline demo","model_hash":"b1","prompt":"a red circle – “moves”","negative_prompt":"",' +
    '"width":160,"height":96,"frames":9,"fps":16.0,"steps":6,"guidance":3.0,"seed":18446744073709551615,"attention":"svg","density":0.25,' +
    '"dense_steps":"0.1","head_tolerance":null,"cache":"none","settings":{"dynamic_guidance":false},"image":null,"device":"cpu","kept_density":0.2}';

function box(type: string, ...content: Uint8Array[]): Uint8Array {
    const size = content.reduce((sum, part) => sum + part.length, 8);
    const bytes = new Uint8Array(size);
    new DataView(bytes.buffer).setUint32(0, size);
    [...type].forEach((letter, i) => (bytes[4 + i] = letter.charCodeAt(0)));
    let at = 8;
    for (const part of content) {
        bytes.set(part, at);
        at += part.length;
    }
    return bytes;
}

function item(name: string, text: string): Uint8Array {
    const head = new Uint8Array([0, 0, 0, 1, 0, 0, 0, 0]);
    return box(name, box('data', head, new TextEncoder().encode(text)));
}

/** An MP4 as svgen writes it, but for its frames: the index comes first. */
function video(comment: string, before: Uint8Array[] = []): Blob {
    const list = box('ilst', item('\u00a9nam', 'title'), item('\u00a9cmt', comment));
    const meta = box('meta', new Uint8Array(4), box('hdlr', new Uint8Array(25)), list);
    const moov = box('moov', box('mvhd', new Uint8Array(100)), box('udta', meta));
    return new Blob([box('ftyp', new Uint8Array(24)), ...before, moov, box('mdat', new Uint8Array(50))] as BlobPart[]);
}

test('the recipe of a video becomes a request', async () => {
    const loaded = await recipeOf(video(RECIPE));
    assert.equal(loaded?.model, 'demo');
    assert.equal(loaded?.svgen, '1.4.0');
    assert.equal(loaded?.picture, null);
    assert.deepEqual(loaded?.values, {
        prompt: 'a red circle – “moves”',
        negative_prompt: '',
        size: '160x96',
        num_frames: 9,
        fps: 16,
        num_inference_steps: 6,
        guidance_scale: 3,
        seed: '18446744073709551615',
        attention: 'svg',
        density: 0.25,
        dense_steps: '0.1',
        cache: 'none',
        dynamic_guidance: false,
    });
});

test('an index behind large frames is found without reading them', async () => {
    const before = box('mdat', new Uint8Array(3 << 20));
    const blob = video(RECIPE, [before]);
    let read = 0;
    const texts = await mp4Texts({
        size: blob.size,
        slice: (start, end) => {
            read += end - start;
            return blob.slice(start, end);
        },
    });
    assert.equal(texts.comment, RECIPE);
    assert.ok(read < 5000);
});

test('other files have no recipe', async () => {
    const others = [
        new Blob([]),
        new Blob(['no video at all, but text']),
        video('a holiday at sea'),
        video('{"prompt": 3}'),
        video('null'),
        video(RECIPE).slice(0, 300),
    ];
    for (const other of others) {
        assert.equal(await recipeOf(other), null);
    }
});

test('names of the engine and of recipes become those of the service', () => {
    const values = requestValues({ numFrames: 9, steps: 4, denseSteps: '0.1', width: 64, height: 48, maxError: null });
    assert.deepEqual(values, { num_frames: 9, num_inference_steps: 4, dense_steps: '0.1', size: '64x48' });
});
