import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headMap, headsCsv, reportBody } from '../src/logic/heads.ts';

const BODY = {
    widths: [0.1, 0.2, 0.4],
    receipt: { error: 0.3, layers: [0.1, 0.2] },
    steps: [
        { index: 0, density: 1, heads: [], widths: [], error: 0 },
        { index: 1, density: 0.3, heads: ['sd ts', ''], widths: ['2- 01', ''], error: 0.25 },
        { index: 2, density: 0, heads: [], reused: true },
    ],
};

test('a report says kind and density of each head', () => {
    const map = headMap(BODY);
    assert.deepEqual([map?.steps, map?.branches, map?.layers, map?.heads], [3, 2, 2, 2]);
    assert.deepEqual(map?.cell(1, 0, 0, 0), { kind: 'spatial', density: 0.4, error: null });
    assert.deepEqual(map?.cell(1, 0, 0, 1), { kind: 'dense', density: 1, error: null });
    assert.deepEqual(map?.cell(1, 1, 0, 0), { kind: 'temporal', density: 0.1, error: null });
    assert.deepEqual(map?.cell(1, 1, 0, 1), { kind: 'spatial', density: 0.2, error: null });
    assert.equal(map?.cell(1, 0, 1, 0).kind, 'warm-up');
    assert.equal(map?.cell(0, 0, 0, 0).kind, 'warm-up');
    assert.equal(map?.cell(2, 0, 0, 0).kind, 'reused');
});

test('a report is read with and without its wrapping', () => {
    assert.equal(reportBody({ report: BODY }), BODY);
    assert.equal(reportBody(BODY), BODY);
    assert.equal(reportBody({}), null);
});

test('a dense run has no map', () => {
    assert.equal(headMap({ steps: [{ index: 0, density: 1, heads: [] }] }), null);
});

test('one width has no letters: its density is the report\'s', () => {
    const map = headMap({ widths: [0.25], steps: [{ index: 0, density: 0.3, heads: ['st'], widths: [] }] });
    assert.equal(map?.cell(0, 0, 0, 1).density, 0.25);
});

test('the CSV has a line for each head of each layer, branch and step', () => {
    const map = headMap(BODY);
    const lines = map === null ? [] : headsCsv(map).trim().split('\n');
    assert.equal(lines.length, 1 + 3 * 2 * 2 * 2);
    assert.equal(lines[0], 'step,branch,layer,head,kind,density,error');
    assert.ok(lines.includes('1,0,0,0,spatial,0.4,'));
});
