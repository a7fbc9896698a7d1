import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALL, matches } from '../src/logic/filter.ts';
import { moved, placeOf } from '../src/logic/order.ts';
import { pairOf } from '../src/logic/pairs.ts';
import { comparePath, routeOf } from '../src/logic/route.ts';
import { isSeed, onceKey, randomSeed, seedValue } from '../src/logic/seed.ts';
import { plain, same, withoutIdle } from '../src/logic/values.ts';
import type { Job } from '../src/api/types.ts';

const ID = `video_${'a'.repeat(24)}`;

test('places of the page are told by their addresses', () => {
    assert.deepEqual(routeOf('/', ''), { name: 'create' });
    assert.deepEqual(routeOf('/queue/', ''), { name: 'queue' });
    assert.deepEqual(routeOf(`/videos/${ID}/heads`, ''), { name: 'heads', id: ID });
    assert.deepEqual(routeOf('/compare', `?a=${ID}&b=../../v1`), { name: 'compare', a: ID, b: null });
    assert.deepEqual(routeOf('/videos/../settings', ''), { name: 'unknown' });
    assert.equal(comparePath(ID, null), `/compare?a=${ID}`);
});

test('a moved entry says where it stands by a neighbour', () => {
    const order = moved(['a', 'b', 'c', 'd'], 3, 1);
    assert.deepEqual(order, ['a', 'd', 'b', 'c']);
    assert.deepEqual(placeOf(order, 'd'), { before: 'b' });
    assert.deepEqual(placeOf(['a', 'b'], 'b'), { after: 'a' });
    assert.equal(placeOf(['a'], 'a'), null);
});

test('seeds are what torch takes', () => {
    const good = ['0', '-9223372036854775808', '18446744073709551615', randomSeed()];
    const bad = ['', '1.5', '18446744073709551616', '-9223372036854775809', 'seven'];
    assert.deepEqual(good.map(isSeed), [true, true, true, true]);
    assert.deepEqual(bad.map(isSeed), [false, false, false, false, false]);
    assert.equal(seedValue('42'), 42);
    assert.equal(seedValue('18446744073709551615'), '18446744073709551615');
    assert.match(onceKey(), /^[!-~]{20,255}$/);
});

test('texts become what JSON holds, but counts and fractions stay apart', () => {
    assert.deepEqual(['8', '0.25', 'svg', 'true', '1.0', '1', ''].map(plain), [8, 0.25, 'svg', true, '1.0', 1, '']);
    assert.ok(same('16', 16) && same('16.0', '16.0') && same(0.25, '0.250'));
    assert.ok(!same('1', '1.0') && !same('', 0) && !same('svg', 'dense'));
});

test('fields of a cache that is off are left out', () => {
    const values = { cache: 'none', cache_threshold: 'auto', target_psnr: 0, density: 0.2 };
    assert.deepEqual(withoutIdle(values), { density: 0.2 });
    assert.deepEqual(withoutIdle({ cache: 'easy', cache_threshold: 0.1 }), { cache: 'easy', cache_threshold: 0.1 });
});

test('the gallery finds by all words, by state, by date', () => {
    const job = { prompt: 'A red circle', model: 'demo', status: 'failed', error: { code: 'cancelled' }, created_at: 1000 } as Job;
    assert.ok(matches(job, ALL, 2000));
    assert.ok(matches(job, { ...ALL, text: 'circle RED', state: 'cancelled', days: 1 }, 2000));
    assert.ok(!matches(job, { ...ALL, text: 'red square' }, 2000));
    assert.ok(!matches(job, { ...ALL, state: 'failed' }, 2000));
    assert.ok(!matches(job, { ...ALL, days: 1 }, 1000 + 86_401));
});

test('a comparison begins with twins, sparse first, else with the two newest', () => {
    const job = (id: string, prompt: string, attention: string) =>
        ({ id, prompt, seed: 1, size: '1x1', num_frames: 9, settings: { attention } }) as unknown as Job;
    const list = [job('new', 'p', 'svg'), job('dense', 'q', 'dense'), job('sparse', 'q', 'svg')];
    assert.deepEqual(pairOf(list, null, null), ['sparse', 'dense']);
    assert.deepEqual(pairOf(list.slice(0, 2), null, null), ['dense', 'new']);
    assert.deepEqual(pairOf(list, 'new', null), ['new', null]);
    assert.deepEqual(pairOf(list.slice(0, 1), null, null), [null, null]);
});
