// The npm package openai, as its users call it.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { before, test } from 'node:test';
import OpenAI, { toFile } from 'openai';
import { base, IMAGE_MODEL, key, png, reader, secret, small } from './service.mjs';

const client = new OpenAI({ baseURL: base, apiKey: key, webhookSecret: secret, maxRetries: 0 });
const bytes = async (response) => Buffer.from(await response.arrayBuffer());
let done;

async function ended(id) {
  for (;;) {
    const video = await client.videos.retrieve(id);
    if (video.status !== 'queued' && video.status !== 'in_progress') return video;
    assert.equal(video.error, null);
    await new Promise((next) => setTimeout(next, 100));
  }
}

// A key may send ten requests a second that make videos. Who has waited this long may send ten at once.
const rested = () => new Promise((next) => setTimeout(next, 1100));

before(async () => {
  const queued = await client.videos.create({ ...small, seed: 7 });
  assert.match(queued.id, /^video_[A-Za-z0-9]{24,58}$/);
  assert.equal(queued.object, 'video');
  assert.equal(queued.progress, 0);
  assert.equal(queued.completed_at, null);
  done = await ended(queued.id);
  assert.equal(done.status, 'completed', JSON.stringify(done));
});

test('a video is created, polled and completed, with the types that the client declares', () => {
  assert.equal(done.progress, 100);
  assert.equal(done.model, 'demo');
  assert.equal(done.size, '64x64');
  assert.equal(done.seconds, '0.563');
  assert.equal(done.prompt, small.prompt);
  assert.equal(done.error, null);
  assert.equal(done.remixed_from_video_id, null);
  assert.ok(Number.isInteger(done.created_at) && done.completed_at >= done.created_at);
  assert.deepEqual([done.seed, done.num_frames, done.fps], [7, 9, 16]);
});

test('all variants are downloaded', async () => {
  const video = await client.videos.downloadContent(done.id);
  assert.equal(video.headers.get('content-type'), 'video/mp4');
  assert.equal((await bytes(video)).subarray(4, 8).toString(), 'ftyp');
  for (const variant of ['thumbnail', 'spritesheet']) {
    const picture = await bytes(await client.videos.downloadContent(done.id, { variant }));
    assert.equal(picture.subarray(1, 4).toString(), 'PNG', variant);
  }
  const same = await client.videos.downloadContent(done.id, { variant: 'video' });
  assert.ok(Number(same.headers.get('content-length')) > 500);
});

test('a picture goes along where the model takes one, and is refused where not', async () => {
  const input_reference = await toFile(png, 'first.png', { type: 'image/png' });
  const { size, num_frames, ...rest } = small;
  const taken = await client.videos.create({ ...rest, model: IMAGE_MODEL, input_reference });
  assert.equal(taken.model, IMAGE_MODEL);
  await client.videos.delete(taken.id);
  await assert.rejects(client.videos.create({ ...small, input_reference }), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.param, 'input_reference');
    return true;
  });
});

test('a list is read page by page, nothing twice and nothing left out', async () => {
  const ids = [];
  for (let i = 0; i < 4; i++) {
    const { id } = await client.videos.create({ ...small, num_inference_steps: 2, seed: i });
    ids.push(id);
  }
  const seen = [];
  for await (const video of client.videos.list({ limit: 2 })) seen.push(video.id);
  assert.deepEqual(seen.slice(0, 4), ids.toReversed());
  assert.ok(seen.includes(done.id));
  assert.equal(new Set(seen).size, seen.length);
  const ascending = [];
  for await (const video of client.videos.list({ limit: 3, order: 'asc' })) ascending.push(video.id);
  assert.deepEqual(ascending, seen.toReversed());
  const page = await client.videos.list({ limit: 2, after: ids[2] });
  assert.deepEqual(page.data.map((video) => video.id), [ids[1], ids[0]]);
  for (const id of ids) {
    assert.deepEqual(await client.videos.delete(id), { id, object: 'video.deleted', deleted: true });
  }
  await assert.rejects(client.videos.retrieve(ids[0]), OpenAI.NotFoundError);
});

test('a finished video is varied', async () => {
  const other = await client.videos.remix(done.id, { prompt: 'a purple heart grows at sunset' });
  assert.equal(other.remixed_from_video_id, done.id);
  assert.equal(other.prompt, 'a purple heart grows at sunset');
  assert.equal(other.size, '64x64');
  assert.equal((await ended(other.id)).status, 'completed');
});

test('errors have the classes, codes and fields that programs look for', async () => {
  const refused = async (promise, type, values) =>
    assert.rejects(promise, (error) => {
      assert.ok(error instanceof type, `${error.name}: ${error.message}`);
      assert.ok(error.requestID);
      for (const [name, value] of Object.entries(values)) assert.equal(error[name], value, error.message);
      return true;
    });
  const { videos } = client;
  await rested();
  await refused(videos.create({ ...small, prompt: ' ' }), OpenAI.BadRequestError, { param: 'prompt', code: 'invalid_value' });
  await refused(videos.create({ ...small, size: '65x64' }), OpenAI.BadRequestError, { code: 'invalid_value' });
  await refused(videos.create({ ...small, model: 'sora-9' }), OpenAI.BadRequestError, { param: 'model', code: 'model_not_found' });
  await refused(videos.create({ ...small, stpes: 4 }), OpenAI.BadRequestError, { param: 'stpes' });
  await refused(videos.list({ limit: 101 }), OpenAI.BadRequestError, { param: 'limit' });
  await refused(videos.downloadContent(done.id, { variant: 'gif' }), OpenAI.BadRequestError, { param: 'variant' });
  await refused(videos.retrieve('video_' + 'a'.repeat(24)), OpenAI.NotFoundError, { code: 'not_found' });
  await refused(videos.retrieve('../../etc/passwd'), OpenAI.NotFoundError, { code: 'not_found' });
  const stranger = new OpenAI({ baseURL: base, apiKey: 'sk-svgen-wrong', maxRetries: 0 });
  await refused(stranger.videos.list(), OpenAI.AuthenticationError, { code: 'invalid_api_key' });
  const onlyReads = new OpenAI({ baseURL: base, apiKey: reader, maxRetries: 0 });
  await refused(onlyReads.videos.create(small), OpenAI.PermissionDeniedError, {});
  const headers = { 'Idempotency-Key': 'once' };
  const first = await videos.create({ ...small, seed: 1 }, { headers });
  assert.equal((await videos.create({ ...small, seed: 1 }, { headers })).id, first.id);
  await refused(videos.create({ ...small, seed: 2 }, { headers }), OpenAI.UnprocessableEntityError, { code: 'idempotency_key_reused' });
  await refused(client.patch(`/videos/${done.id}`, { body: { priority: 1 } }), OpenAI.ConflictError, { code: 'not_queued' });
  await ended(first.id);
});

test('a full queue is a RateLimitError that says when to come back', async () => {
  const mine = [];
  await rested();
  await client.post('/queue:pause');
  try {
    await assert.rejects(
      (async () => {
        for (let i = 0; i < 20; i++) mine.push((await client.videos.create({ ...small, seed: i })).id);
      })(),
      (error) => {
        assert.ok(error instanceof OpenAI.RateLimitError, error.message);
        assert.match(error.headers.get('retry-after'), /^([1-9]|[1-5]\d|60)$/);
        assert.equal(error.type, 'rate_limit_error');
        return error.code === 'queue_full';
      },
    );
    const early = client.videos.downloadContent(mine[0]);
    await assert.rejects(early, (error) => error instanceof OpenAI.NotFoundError && error.code === 'video_not_ready');
  } finally {
    for (const id of mine) await client.videos.delete(id);
    await client.post('/queue:resume');
  }
});

test('a webhook is one that the client verifies', async () => {
  const arrived = Promise.withResolvers?.() ?? withResolvers();
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    response.end();
    arrived.resolve({ body, headers: request.headers });
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  try {
    const webhook_url = `http://127.0.0.1:${server.address().port}/hook`;
    const { id } = await client.videos.create({ ...small, webhook_url });
    const { body, headers } = await arrived.promise;
    const event = await client.webhooks.unwrap(body, headers);
    assert.equal(event.type, 'video.completed');
    assert.equal(event.data.id, id);
    await assert.rejects(client.webhooks.unwrap(body + ' ', headers), OpenAI.InvalidWebhookSignatureError);
  } finally {
    server.close();
  }
});

function withResolvers() {
  const all = {};
  all.promise = new Promise((resolve, reject) => Object.assign(all, { resolve, reject }));
  return all;
}
