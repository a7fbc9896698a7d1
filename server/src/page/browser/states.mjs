// What the page says when the service does not do as asked; and small windows.
import { accessible, expect, fitsWidth, until } from './harness.mjs';

const PIXEL =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const error = (status, message, code, headers = {}) => ({
    status,
    headers,
    contentType: 'application/json',
    body: JSON.stringify({ error: { message, code, type: 'x', param: null } }),
});

export async function checkStates(harness) {
    const open = () => harness.page({ refusals: true });
    await harness.check('a service that asks for a key gets one, in a header alone', async () => {
        const page = await open();
        await page.route('**/v1/**', (route) =>
            route.request().headers()['authorization'] === 'Bearer sk-svgen-right'
                ? route.continue({ headers: { ...route.request().headers(), authorization: '' } })
                : route.fulfill(error(401, 'A key is needed.', 'invalid_api_key')),
        );
        await page.goto('/');
        const key = page.getByLabel('API key');
        await key.waitFor();
        await accessible(page, 'asking for the key');
        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: 'Enter the key…' }).click();
        await key.fill('sk-svgen-right');
        await page.keyboard.press('Enter');
        await page.locator('[data-job-id]').first().waitFor();
        expect((await key.count()) === 0, 'the field is gone');
        await page.locator('video[src^="blob:"]').first().waitFor();
        await page.context().close();
    });
    await harness.check('a key without the right is told in words', async () => {
        const page = await open();
        await page.route('**/v1/queue:pause', (route) =>
            route.fulfill(error(403, 'It lacks the scope admin.', 'forbidden')),
        );
        await page.goto('/queue');
        await page.getByRole('button', { name: 'Pause queue' }).click();
        await page.getByText('This key may not do that.').first().waitFor();
        await accessible(page, 'forbidden');
        await page.context().close();
    });
    await harness.check('a service that asks to wait is counted down', async () => {
        const page = await open();
        await page.route('**/v1/videos', (route) =>
            route.request().method() === 'POST'
                ? route.fulfill(error(429, 'the queue is full', 'queue_full', { 'Retry-After': '2' }))
                : route.continue(),
        );
        await page.goto('/');
        await page.getByRole('textbox', { name: /^Prompt/ }).fill('a star');
        await page.getByRole('button', { name: 'Generate' }).click();
        const banner = page.getByText(/takes requests again in \d+ s/);
        await banner.waitFor();
        await accessible(page, 'limited');
        await banner.waitFor({ state: 'detached', timeout: 5000 });
        await page.context().close();
    });
    await harness.check('a lost service is told, and found again by itself', async () => {
        const page = await open();
        let there = false;
        await page.route('**/v1/**', (route) => (there ? route.continue() : route.abort('connectionrefused')));
        await page.goto('/');
        await page.getByText(/The page tries again in/).waitFor();
        await accessible(page, 'offline');
        there = true;
        const tryNow = page.getByRole('button', { name: 'Try now' });
        await tryNow.click({ timeout: 5000 }).catch(() => {}); // gone where the page was faster
        await page.locator('[data-job-id]').first().waitFor();
        expect((await page.getByText('Offline.').count()) === 0, 'the banner is gone');
        await page.context().close();
    });
    await harness.check('lists that are loading or cannot be read say so', async () => {
        const page = await open();
        let fails = true;
        await page.route('**/v1/videos?**', async (route) => {
            await new Promise((resolve) => setTimeout(resolve, 1500));
            await (fails ? route.fulfill(error(500, 'the store is busy', 'internal')) : route.continue());
        });
        await page.goto('/gallery');
        await page.getByRole('group', { name: 'Loading' }).waitFor();
        await accessible(page, 'loading');
        await page.getByText('The videos could not be read.').waitFor();
        await accessible(page, 'not read');
        fails = false;
        await page.getByRole('button', { name: 'Try again' }).click();
        await page.locator('[data-job-id]').first().waitFor();
        await page.context().close();
    });
    await harness.check('a model that takes pictures gets them in a form', async () => {
        const page = await open();
        const model = { id: 'wan', task: 'image-to-video', pictures: { input_reference: 'required', last_image: 'optional' }, defaults: { size: '64x64', num_frames: 9, fps: 16 } };
        await page.route('**/v1/models', (route) => route.fulfill({ json: { data: [model, { ...model, id: 'other' }] } }));
        await page.route('**/v1/videos:plan', (route) => route.fulfill({ json: { feasible: true } }));
        let sent = '';
        await page.route('**/v1/videos', (route) => {
            sent = route.request().postDataBuffer()?.toString('latin1') ?? '';
            return route.fulfill(error(400, 'too small', 'invalid_value'));
        });
        await page.goto('/');
        await page.getByRole('textbox', { name: /^Prompt/ }).fill('waves roll');
        await page.getByRole('button', { name: 'Last frame optional' }).waitFor();
        await page.getByRole('button', { name: 'Generate' }).click();
        await page.getByRole('alert').filter({ hasText: 'This model starts from a picture' }).waitFor();
        await accessible(page, 'a picture is missing');
        expect(sent === '', 'nothing is sent without the picture');
        const picture = (name) => ({ name, mimeType: 'image/png', buffer: Buffer.from(PIXEL, 'base64') });
        await page.locator('input[aria-label="First frame"]').setInputFiles(picture('first.png'));
        await page.getByRole('img', { name: 'First frame: first.png' }).waitFor();
        await page.locator('input[aria-label="Last frame"]').setInputFiles(picture('last.png'));
        await page.getByRole('img', { name: 'Last frame: last.png' }).waitFor();
        await page.getByRole('button', { name: /^Model/ }).click();
        await accessible(page, 'pictures and models');
        await page.getByRole('button', { name: 'Generate' }).click();
        await page.getByRole('alert').filter({ hasText: 'too small' }).waitFor();
        for (const part of ['name="input_reference"; filename="first.png"', 'name="last_image"; filename="last.png"', 'waves roll']) {
            expect(sent.includes(part), `${part} in ${sent.slice(0, 400)}`);
        }
        await page.context().close();
    });
    await harness.check('what cannot fit says what would', async () => {
        const page = await open();
        await page.route('**/v1/videos:plan', async (route) =>
            route.fulfill({
                json: {
                    feasible: false,
                    reason: 'needs 31 GB, 20 GB are free',
                    alternatives: [{ text: '17 frames', settings: { num_frames: 17 } }],
                },
            }),
        );
        await page.goto('/');
        await page.getByText('Needs 31 GB, 20 GB are free.').waitFor();
        await accessible(page, 'does not fit');
        await page.getByRole('button', { name: '17 frames' }).click();
        const length = page.getByRole('button', { name: /^Length/ });
        await until(() => length.innerText(), (text) => /1\.1 s/.test(text), 'the shorter length');
        await page.context().close();
    });
    await harness.check('a gone video and an unknown place say so', async () => {
        const page = await open();
        await page.goto(`/videos/video_${'0'.repeat(24)}`);
        await page.getByRole('alert').filter({ hasText: /\S/ }).first().waitFor();
        await accessible(page, 'gone video');
        await page.goto('/compare');
        await page.getByRole('combobox', { name: 'A' }).waitFor();
        await accessible(page, 'nothing chosen');
        await page.goto('/settings');
        await page.getByRole('heading', { name: 'About' }).waitFor();
        await accessible(page, 'settings');
        await page.context().close();
    });
}

export async function checkSmall(harness, id) {
    await harness.check('nothing scrolls sideways at 360 pixels', async () => {
        const page = await harness.page({ viewport: { width: 360, height: 740 }, hasTouch: true });
        for (const path of ['/', '/gallery', '/queue', '/compare', '/settings', `/videos/${id}`, `/videos/${id}/heads`]) {
            await page.goto(path);
            await page.getByRole('heading', { level: 1 }).waitFor();
            await page.waitForTimeout(150);
            await fitsWidth(page, path);
        }
        await page.goto('/');
        for (const chip of ['Size', 'Length', 'Steps', 'Attention', 'Avoid']) {
            await page.getByRole('button', { name: new RegExp(`^${chip}`) }).click();
            await fitsWidth(page, chip);
        }
        await accessible(page, 'small window');
        await page.context().close();
    });
}
