// Takes the pictures of the documentation, of a service that has finished videos and one at work.
// Usage: node browser/pictures.mjs BASE_URL CHROMIUM FOLDER
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [, , base, executablePath, folder] = process.argv;
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });

/** WebP, which Chromium makes of its own screenshots. */
async function webp(page, name, quality = 0.82) {
    const png = (await page.screenshot()).toString('base64');
    const other = await browser.newPage();
    const text = await other.evaluate(
        async ([data, q]) => {
            const picture = new Image();
            picture.src = `data:image/png;base64,${data}`;
            await picture.decode();
            const canvas = new OffscreenCanvas(picture.width, picture.height);
            canvas.getContext('2d').drawImage(picture, 0, 0);
            const blob = await canvas.convertToBlob({ type: 'image/webp', quality: q });
            return btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer())));
        },
        [png, quality],
    );
    await other.close();
    const bytes = Buffer.from(text, 'base64');
    writeFileSync(join(folder, `page-${name}.webp`), bytes);
    console.log(`page-${name}.webp`, bytes.length);
}

async function open(path, colorScheme, width, height) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, baseURL: base });
    const page = await context.newPage();
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForTimeout(1500);
    return page;
}

const list = await (await fetch(`${base}/v1/videos?limit=100`)).json();
const sparse = list.data.find((job) => job.status === 'completed' && job.settings.attention !== 'dense');

const create = await open('/', 'light', 1180, 1010);
await create.getByRole('textbox', { name: /^Prompt/ }).fill('a purple star moves right on a checkerboard');
await create.getByRole('button', { name: 'Generate' }).click();
await create.getByRole('img', { name: /^Preview/ }).first().waitFor({ timeout: 120_000 });
await create.waitForTimeout(2500);
await create.getByRole('button', { name: 'Dismiss' }).click().catch(() => {});
await webp(create, 'create');

const compare = await open('/compare', 'dark', 1180, 940);
await compare.getByText(/^Measured on/).waitFor({ timeout: 60_000 });
await compare.getByRole('slider', { name: 'Frame' }).fill('18');
await compare.waitForTimeout(800);
await compare.evaluate(() => document.activeElement.blur());
await webp(compare, 'compare');

const heads = await open(`/videos/${sparse.id}/heads`, 'light', 1180, 790);
await heads.locator('canvas').click({ position: { x: 60, y: 100 } });
await webp(heads, 'heads');

const phone = await open('/gallery', 'dark', 390, 800);
await webp(phone, 'phone');
await browser.close();
