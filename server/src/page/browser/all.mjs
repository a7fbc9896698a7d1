// All checks of the page in a browser, against a service with the demo model and an empty queue.
// Usage: node browser/all.mjs BASE_URL CHROMIUM
import { Harness } from './harness.mjs';
import { checkCreate } from './create.mjs';
import { checkQueue } from './queue.mjs';
import { checkSmall, checkStates } from './states.mjs';
import { checkVideos } from './videos.mjs';

const [, , base, chromium] = process.argv;
const harness = await Harness.start(base.replace(/\/$/, ''), chromium);
const page = await harness.page();
await checkCreate(harness, page);
await checkVideos(harness, page);
await checkQueue(harness, page);
await page.context().close();
const list = await (await fetch(`${base}/v1/videos?limit=100`)).json();
const done = list.data.find((job) => job.status === 'completed' && job.settings?.attention !== 'dense');
await checkStates(harness);
await checkSmall(harness, done?.id);
await harness.end();
