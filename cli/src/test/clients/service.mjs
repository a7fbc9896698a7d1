// What the tests of all clients know of the service that they ask.
export const { SVGEN_BASE_URL: base, SVGEN_KEY: key, SVGEN_READER: reader, SVGEN_SECRET: secret } = process.env;
export const IMAGE_MODEL = process.env.SVGEN_IMAGE_MODEL;

/** A video that is made in a moment. */
export const small = {
  prompt: 'a red circle moves right on a black background',
  model: 'demo',
  size: '64x64',
  num_frames: 9,
  num_inference_steps: 4,
};

/** A PNG of 1 x 1 pixel. */
export const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

export const ask = (path, init = {}) =>
  fetch(base + path, { ...init, headers: { authorization: `Bearer ${key}`, ...init.headers } });

export const create = async (fields = {}) =>
  (await ask('/videos', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...small, ...fields }),
  })).json();
