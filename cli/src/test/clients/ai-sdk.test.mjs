// The AI SDK with the provider of samples/ai-sdk.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { experimental_generateVideo as generateVideo } from 'ai';
import { ask, base, key, png, small } from './service.mjs';
import { svgen } from './svgen.mjs';

globalThis.AI_SDK_LOG_WARNINGS = false;
const model = svgen('demo', { baseURL: base, apiKey: key, pollMillis: 100 });
const { prompt } = small;
const providerOptions = { svgen: { num_frames: 9, num_inference_steps: 4 } };

test('generateVideo gives the videos, their seeds and what was left out', async () => {
  const result = await generateVideo({ model, prompt, n: 2, resolution: '64x64', seed: 11, aspectRatio: '1:1', providerOptions });
  assert.equal(result.videos.length, 2);
  for (const video of result.videos) {
    assert.equal(video.mediaType, 'video/mp4');
    assert.equal(Buffer.from(video.uint8Array).subarray(4, 8).toString(), 'ftyp');
  }
  assert.equal(result.providerMetadata.svgen.videos[0].seed, 11);
  assert.ok(result.warnings.some((warning) => warning.feature === 'aspectRatio'));
});

test('what the service refuses is said in its words', async () => {
  const call = { model, maxRetries: 0, resolution: '64x64' };
  await assert.rejects(generateVideo({ ...call, prompt, providerOptions: { svgen: { density: 7 } } }), /density/);
  await assert.rejects(generateVideo({ ...call, prompt: { text: prompt, image: png } }), /text alone/);
});

test('a call that is aborted cancels its job', async () => {
  const abort = new AbortController();
  const options = { svgen: { num_frames: 9, num_inference_steps: 400 } };
  const call = generateVideo({ model, prompt, resolution: '64x64', seed: 99, providerOptions: options, abortSignal: abort.signal });
  const mine = async () =>
    (await (await ask('/videos?limit=50')).json()).data.find((video) => video.seed === 99);
  let video;
  while (!(video = await mine())) await new Promise((next) => setTimeout(next, 50));
  abort.abort();
  await assert.rejects(call);
  while ((video = await mine()).status !== 'failed') await new Promise((next) => setTimeout(next, 50));
  assert.equal(video.error.code, 'cancelled');
});
