// A video model for the AI SDK (provider specification v3) that asks a svgen service.

/**
 * @param {string} modelId name of a model of the service, such as 'demo'
 * @param {{baseURL?: string, apiKey?: string, pollMillis?: number}} options
 */
export function svgen(modelId, { baseURL = 'http://127.0.0.1:8000/v1', apiKey, pollMillis = 1000 } = {}) {
  const ask = async (path, signal, init = {}) => {
    const headers = { ...init.headers, ...(apiKey && { authorization: `Bearer ${apiKey}` }) };
    const response = await fetch(baseURL + path, { ...init, headers, signal });
    if (!response.ok) throw new Error((await response.json()).error.message);
    return response;
  };

  return {
    specificationVersion: 'v3',
    provider: 'svgen',
    modelId,
    maxVideosPerCall: 1,

    async doGenerate({ abortSignal, providerOptions, ...call }) {
      const create = { method: 'POST', body: form(modelId, call, providerOptions.svgen) };
      let video = await (await ask('/videos', abortSignal, create)).json();
      const cancel = () => ask(`/videos/${video.id}/cancel`, undefined, { method: 'POST' }).catch(() => {});
      abortSignal?.addEventListener('abort', cancel, { once: true });
      while (video.status === 'queued' || video.status === 'in_progress') {
        await new Promise((done) => setTimeout(done, pollMillis));
        video = await (await ask(`/videos/${video.id}`, abortSignal)).json();
      }
      abortSignal?.removeEventListener('abort', cancel);
      if (video.status !== 'completed') throw new Error(video.error.message);
      const content = await ask(`/videos/${video.id}/content`, abortSignal);
      return {
        videos: [{ type: 'binary', data: new Uint8Array(await content.arrayBuffer()), mediaType: 'video/mp4' }],
        warnings: [
          ...(call.aspectRatio ? [{ type: 'unsupported', feature: 'aspectRatio', details: 'give a resolution' }] : []),
          ...(call.generateAudio ? [{ type: 'unsupported', feature: 'generateAudio' }] : []),
          ...video.warnings.map((message) => ({ type: 'other', message })),
        ],
        response: { timestamp: new Date(), modelId: video.model, headers: Object.fromEntries(content.headers) },
        providerMetadata: { svgen: { videos: [{ id: video.id, seed: video.seed, quality: video.quality }] } },
      };
    },
  };
}

/** The request as a form; what providerOptions.svgen holds goes along by the service's own names. */
function form(model, { prompt, resolution, duration, fps, seed, image, frameImages = [] }, more = {}) {
  const body = new FormData();
  const fields = { model, prompt, size: resolution, seconds: duration, fps, seed, ...more };
  for (const [name, value] of Object.entries(fields)) if (value != null) body.set(name, String(value));
  const last = frameImages.find((frame) => frame.frameType === 'last_frame')?.image;
  for (const [name, file] of [['input_reference', image], ['last_image', last]]) {
    if (file?.type === 'url') throw new Error('give pictures as data, not as an address');
    if (file) body.set(name, new Blob([bytes(file.data)], { type: file.mediaType }), name);
  }
  return body;
}

const bytes = (data) => (typeof data === 'string' ? Buffer.from(data, 'base64') : data);
