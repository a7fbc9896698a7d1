import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frameAt, lengths, timeOf } from '../src/logic/frames.ts';
import { psnr, ssim, type Picture } from '../src/logic/measure.ts';

function picture(value: (x: number, y: number) => number): Picture {
    const data = new Uint8ClampedArray(32 * 24 * 4);
    for (let y = 0; y < 24; y++) {
        for (let x = 0; x < 32; x++) {
            const at = (y * 32 + x) * 4;
            data.fill(value(x, y), at, at + 3);
            data[at + 3] = 255;
        }
    }
    return { width: 32, height: 24, data };
}

const ramp = picture((x, y) => 4 * x + 2 * y);

test('equal pictures have no finite PSNR and an SSIM of 1', () => {
    assert.equal(psnr(ramp, ramp), Infinity);
    assert.equal(ssim(ramp, ramp), 1);
});

test('PSNR follows its formula', () => {
    const brighter = picture((x, y) => 4 * x + 2 * y + 5);
    const expected = 10 * Math.log10((255 * 255) / 25);
    assert.ok(Math.abs(psnr(ramp, brighter) - expected) < 1e-9);
});

test('SSIM falls with lost structure and forgives brightness more', () => {
    const flat = picture(() => 85);
    const brighter = picture((x, y) => 4 * x + 2 * y + 5);
    assert.ok(ssim(ramp, brighter) > 0.95);
    assert.ok(ssim(ramp, flat) < 0.5);
});

test('times in the middle of frames give those frames', () => {
    for (const fps of [8, 16, 23.976, 24, 30]) {
        for (let frame = 0; frame < 129; frame++) {
            assert.equal(frameAt(timeOf(frame, fps), fps, 129), frame);
        }
    }
    assert.equal(frameAt(99, 16, 33), 32);
});

test('lengths lie on the grid of one frame and groups of four', () => {
    assert.deepEqual(lengths(33, 16).map(({ frames }) => frames), [9, 17, 33]);
    assert.deepEqual(lengths(121, 24).map(({ frames }) => frames), [29, 61, 121]);
});
