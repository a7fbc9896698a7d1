// The npm package eventsource, which follows the HTML standard, and plain fetch.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventSource } from 'eventsource';
import { ask, base, create, key } from './service.mjs';

const withKey = (input, init) =>
  fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${key}` } });

/** All events of a stream until it is over: name, id and data of each. */
function collect(url, options, enough = () => false) {
  return new Promise((resolve, reject) => {
    const events = [];
    const source = new EventSource(url, options);
    const end = () => {
      source.close();
      resolve(events);
    };
    for (const name of ['status', 'progress', 'preview', 'completed', 'failed']) {
      source.addEventListener(name, (event) => {
        events.push({ name, id: event.lastEventId, data: JSON.parse(event.data) });
        if (['completed', 'failed'].includes(name) || enough(events)) end();
      });
    }
    source.addEventListener('error', (error) => (source.readyState === EventSource.CLOSED ? reject(error) : undefined));
  });
}

test('EventSource hears a job from its acceptance to its end', async () => {
  const { id } = await create({ num_inference_steps: 6 });
  const events = await collect(`${base}/videos/${id}/events`, { fetch: withKey });
  const names = events.map((event) => event.name);
  assert.equal(names[0], 'status');
  assert.equal(names.at(-1), 'completed');
  assert.ok(names.includes('progress'), names.join());
  assert.equal(events.at(-1).data.status, 'completed');
  const ids = events.map((event) => BigInt(event.id));
  assert.ok(ids.every((value, i) => i === 0 || value >= ids[i - 1]), ids.join());
  for (const { data } of events.filter((event) => event.name === 'progress')) {
    assert.ok(data.step <= data.steps && data.progress < 100, JSON.stringify(data));
  }
});

test('who comes back with Last-Event-ID hears all that came meanwhile, and nothing twice', async () => {
  const { id } = await create({ seed: 3 });
  const before = await collect(`${base}/videos/${id}/events`, { fetch: withKey }, (events) => events.length === 1);
  await collect(`${base}/videos/${id}/events`, { fetch: withKey });
  const headers = { 'last-event-id': before[0].id };
  const text = await (await ask(`/videos/${id}/events`, { headers })).text();
  const states = [...text.matchAll(/^event: (.*)$/gm)].map((found) => found[1]).filter((n) => n !== 'progress' && n !== 'preview');
  const missed = before[0].data.status === 'queued' ? ['status', 'completed'] : ['completed'];
  assert.deepEqual(states, missed, text);
  const last = [...text.matchAll(/^id: (.*)$/gm)].at(-1)[1];
  assert.equal((await ask(`/videos/${id}/events`, { headers: { 'last-event-id': last } })).status, 204);
});

test('a ticket stands for a key where no header can be sent', async () => {
  const { id } = await create({ seed: 4 });
  const { ticket } = await (await ask(`/videos/${id}/ticket`, { method: 'POST' })).json();
  const events = await collect(`${base}/videos/${id}/events?ticket=${ticket}`, {});
  assert.equal(events.at(-1).name, 'completed');
  const { id: other } = await create({ seed: 5 });
  assert.equal((await fetch(`${base}/videos/${other}/events?ticket=${ticket}`)).status, 401);
  assert.equal((await fetch(`${base}/videos/${id}?ticket=${ticket}`)).status, 401);
  await ask(`/videos/${other}`, { method: 'DELETE' });
});

test('one stream tells of all jobs, also of those that are deleted', async () => {
  const response = await ask('/events');
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  assert.equal(response.headers.get('cache-control'), 'no-store');
  const { id } = await create({ seed: 6 });
  await ask(`/videos/${id}`, { method: 'DELETE' });
  let text = '';
  const decoder = new TextDecoder();
  for await (const piece of response.body) {
    text += decoder.decode(piece, { stream: true });
    if (new RegExp(`event: deleted\\ndata: .*${id}`).test(text)) break;
  }
  assert.match(text, new RegExp(`event: status\\ndata: .*${id}`));
});
