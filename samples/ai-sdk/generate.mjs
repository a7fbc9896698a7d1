// node generate.mjs "a red circle moves right on a black background" circle.mp4
import { writeFile } from 'node:fs/promises';
import { experimental_generateVideo as generateVideo } from 'ai';
import { svgen } from './svgen.mjs';

const [prompt, file = 'video.mp4'] = process.argv.slice(2);
const { SVGEN_BASE_URL: baseURL, SVGEN_API_KEY: apiKey } = process.env;

const { video, providerMetadata } = await generateVideo({
  model: svgen('demo', { baseURL, apiKey }),
  prompt,
  resolution: '160x160',
  providerOptions: { svgen: { num_inference_steps: 20 } },
});
await writeFile(file, video.uint8Array);
console.log(file, JSON.stringify(providerMetadata.svgen.videos[0]));
