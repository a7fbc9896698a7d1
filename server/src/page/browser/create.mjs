// From a prompt to a video: the form, cards, cancelling, recipes.
import { accessible, expect, until } from './harness.mjs';

export const PROMPT = 'a red circle moves right on a black background';
export const card = (page, prompt) => page.locator('[data-job-id]').filter({ hasText: prompt });
const field = (page) => page.getByRole('textbox', { name: /^Prompt/ });

/** Makes videos small, so that they take a second or two. */
async function small(page) {
    await page.getByRole('button', { name: /^Size/ }).click();
    await page.getByRole('spinbutton', { name: 'Width' }).fill('64');
    await page.getByRole('spinbutton', { name: 'Height' }).fill('64');
    await page.getByRole('button', { name: /^Length/ }).click();
    await page.getByRole('spinbutton', { name: 'Frames', exact: true }).fill('17');
    await page.getByRole('button', { name: /^Steps/ }).click();
    await page.getByRole('spinbutton', { name: 'Steps' }).fill('8');
    await page.getByRole('button', { name: /^Steps/ }).click();
}

export async function submit(page, prompt) {
    await field(page).fill(prompt);
    await field(page).press('Control+Enter');
    await card(page, prompt).first().waitFor();
}

export async function checkCreate(harness, page) {
    await harness.check('an empty page offers three prompts', async () => {
        await page.goto('/');
        const examples = page.getByRole('region', { name: /Nothing here yet/ }).getByRole('button');
        await until(() => examples.count(), (count) => count === 3, 'three examples');
        await accessible(page, 'empty page');
        await examples.first().click();
        expect((await field(page).inputValue()) !== '', 'the example is in the prompt');
    });
    await harness.check('an empty prompt is refused without a request', async () => {
        let asked = 0;
        const count = (request) => (asked += request.method() === 'POST' && request.url().endsWith('/v1/videos') ? 1 : 0);
        page.on('request', count);
        await field(page).fill('  ');
        await field(page).press('Control+Enter');
        await page.getByRole('alert').filter({ hasText: /\S/ }).waitFor();
        expect(await field(page).evaluate((one) => one === document.activeElement), 'focus is in the prompt');
        await accessible(page, 'refused prompt');
        expect(asked === 0, `${asked} requests`);
        page.off('request', count);
    });
    await harness.check('the plan says time, memory and wait, and follows the form', async () => {
        const plan = page.locator('.plan');
        await plan.getByText(/About .* s/).waitFor();
        expect(/of memory/.test(await plan.innerText()), await plan.innerText());
        const before = await plan.innerText();
        await small(page);
        await until(() => plan.innerText(), (now) => now !== before && /About/.test(now), 'another plan');
        await accessible(page, 'form with an open panel');
    });
    await harness.check('typing and Ctrl+Enter lead to progress and a video that plays', async () => {
        await submit(page, PROMPT);
        const mine = card(page, PROMPT).first();
        await page.getByRole('status').getByText(/Queued: a red circle/).waitFor();
        const bar = mine.getByRole('progressbar');
        if (await bar.isVisible()) {
            const now = Number(await bar.getAttribute('aria-valuenow'));
            expect(now >= 0 && now <= 100, `progress ${now}`);
        }
        const video = mine.locator('video');
        await video.waitFor({ timeout: 40_000 });
        const said = await video.evaluate((one) => [one.controls, one.muted, one.preload]);
        expect(said.join() === 'true,true,metadata', said.join());
        await video.evaluate((one) => one.play());
        await until(() => video.evaluate((one) => one.currentTime), (time) => time > 0.2, 'it plays');
        await video.evaluate((one) => one.pause());
        await page.getByRole('status').getByText(/Done: a red circle/).waitFor();
    });
    await harness.check('a long one shows its steps and a preview, and is cancelled', async () => {
        await page.evaluate(() => sessionStorage.clear());
        await page.reload();
        const prompt = 'a purple heart grows at sunset';
        await submit(page, prompt);
        const mine = card(page, prompt).first();
        await until(
            async () => Number(await mine.getByRole('progressbar').getAttribute('aria-valuenow')),
            (now) => now > 0,
            'progress',
            40_000,
        );
        const preview = mine.getByRole('img', { name: /^Preview/ });
        await preview.waitFor({ timeout: 40_000 });
        await until(() => preview.evaluate((one) => one.naturalWidth), (width) => width > 0, 'a picture');
        await accessible(page, 'running job');
        await mine.getByRole('button', { name: 'Cancel' }).click();
        await mine.getByText('cancelled', { exact: true }).waitFor();
    });
    await harness.check('a reload keeps all', async () => {
        await page.reload();
        await card(page, PROMPT).first().locator('video').waitFor();
        await card(page, 'a purple heart').first().getByText('cancelled', { exact: true }).waitFor();
        await accessible(page, 'page with videos');
    });
    await harness.check('a video of svgen brings its recipe', async () => {
        const link = await card(page, PROMPT).first().locator('video').getAttribute('src');
        const bytes = await (await page.request.get(link)).body();
        await page.locator('input[type=file]').setInputFiles({ name: 'mine.mp4', mimeType: 'video/mp4', buffer: bytes });
        await page.getByRole('status').getByText(/The recipe of mine.mp4 is loaded/).waitFor();
        expect((await field(page).inputValue()) === PROMPT, 'the prompt');
        expect(await page.getByRole('button', { name: 'Keep this seed', pressed: true }).isVisible(), 'the seed');
        expect(/64 × 64/.test(await page.getByRole('button', { name: /^Size/ }).innerText()), 'the size');
    });
    await harness.check('the request can be copied for a shell, a program, the command', async () => {
        await page.getByRole('button', { name: /Copy as/ }).click();
        const dialog = page.getByRole('dialog');
        await accessible(page, 'copy dialog');
        for (const [name, part] of [['curl', '/v1/videos'], ['Python', 'extra_body'], ['Command line', 'svgen generate']]) {
            await dialog.getByRole('radio', { name }).check({ force: true });
            expect((await dialog.locator('pre').innerText()).includes(part), name);
        }
        await page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'detached' });
        const back = await page.evaluate(() => document.activeElement?.textContent);
        expect(/Copy as/.test(back ?? ''), `focus went to ${back}`);
    });
}
