import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJson } from '../src/api/json.ts';

test('seeds of 64 bits keep all their digits', () => {
    const text = '{"seed": 18446744073709551615, "other": -9223372036854775808, "small": 42}';
    const expected = { seed: '18446744073709551615', other: '-9223372036854775808', small: 42 };
    assert.deepEqual(parseJson(text), expected);
});

test('digits within texts and fractions stay as they are', () => {
    const text = '{"prompt":"count to 18446744073709551615, \\"12345678901234567890\\"","d":0.12345678901234567890,"e":1e30}';
    assert.deepEqual(parseJson(text), JSON.parse(text));
});
