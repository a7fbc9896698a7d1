import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventParser, type ServerEvent } from '../src/api/sse.ts';

function parse(...pieces: string[]): { events: ServerEvent[]; parser: EventParser } {
    const events: ServerEvent[] = [];
    const parser = new EventParser((event) => events.push(event));
    pieces.forEach((piece) => parser.push(piece));
    return { events, parser };
}

test('an event has its id, name and data', () => {
    const { events } = parse('id: 7\nevent: progress\ndata: {"step":3}\n\n');
    assert.deepEqual(events, [{ id: '7', event: 'progress', data: '{"step":3}' }]);
});

test('pieces may end anywhere, within a line end too', () => {
    const text = 'id: 1\r\nevent: status\r\ndata: a\r\ndata: b\r\n\r\nid: 2\r\ndata: c\r\n\r\n';
    const whole = parse(text).events;
    assert.equal(whole.length, 2);
    assert.equal(whole[0]?.data, 'a\nb');
    assert.deepEqual(parse(...text).events, whole);
});

test('comments keep the line open and say nothing', () => {
    assert.deepEqual(parse(': still here\n\n: and here\n\n').events, []);
});

test('retry and the last id are kept for the next connection', () => {
    const { parser } = parse('retry: 1500\nid: 9\n\nretry: soon\n\n');
    assert.equal(parser.retry, 1500);
    assert.equal(parser.lastId, '9');
});

test('an event without its empty line is not there yet', () => {
    assert.deepEqual(parse('data: half\n').events, []);
});

test('a field without a colon and a byte order mark do no harm', () => {
    const { events } = parse('\uFEFFdata\ndata:x\n\n');
    assert.deepEqual(events, [{ id: '', event: 'message', data: '\nx' }]);
});
