import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planWords } from '../src/logic/plan.ts';
import { bytes, duration, firstWords } from '../src/logic/format.ts';

test('a plan that fits says time, range, memory and wait', () => {
    const words = planWords({
        feasible: true,
        seconds_estimate: 21.3,
        seconds_low: 16,
        seconds_high: 28.2,
        peak_memory_bytes: 372_000_000,
        queue: { position: 3, wait_seconds: 44 },
    });
    assert.equal(words.main, 'About 21 s');
    assert.deepEqual(words.details, ['16 s to 28 s', '372 MB of memory', 'starts in about 44 s, 2 videos ahead']);
});

test('an empty queue starts at once', () => {
    assert.deepEqual(planWords({ feasible: true, queue: { position: 1, wait_seconds: 0 } }).details, ['starts at once']);
});

test('a plan without a time says so by not naming one', () => {
    assert.equal(planWords({ feasible: true, seconds_estimate: null }).main, 'It fits');
});

test('what cannot fit says why and what would', () => {
    const words = planWords({
        feasible: false,
        reason: 'needs 31 GB, 20 GB are free',
        alternatives: ['480x320, 65 frames', 'a smaller model', { text: 'Shorter', settings: { num_frames: 33 } }],
    });
    assert.equal(words.fits, false);
    assert.equal(words.main, 'Needs 31 GB, 20 GB are free.');
    assert.deepEqual(words.instead, [
        { text: '480x320, 65 frames', settings: { size: '480x320', num_frames: 65 } },
        { text: 'a smaller model', settings: null },
        { text: 'Shorter', settings: { num_frames: 33 } },
    ]);
});

test('durations and sizes read as people say them', () => {
    const said = [0.04, 0.84, 9.96, 21.4, 94, 119.7, 204, 294, 586, 1200, 7260].map(duration);
    assert.deepEqual(said, ['0 s', '0.8 s', '10 s', '21 s', '1 min 30 s', '2 min', '3 min 20 s', '4 min 50 s', '10 min', '20 min', '2 h 1 min']);
    assert.deepEqual([999, 1000, 110_080_000, 1.5e9].map(bytes), ['999 bytes', '1 kB', '110 MB', '1.5 GB']);
});

test('a long prompt is cut between words', () => {
    assert.equal(firstWords('a red circle moves\nright on a black background', 24), 'a red circle moves right…');
});
