// What is done with finished videos: compare, head map, details, gallery.
import { accessible, expect, until } from './harness.mjs';
import { card, PROMPT } from './create.mjs';

export async function checkVideos(harness, page) {
    let id = '';
    await harness.check('one video has its recipe, its receipt and a download', async () => {
        await page.goto('/');
        await card(page, PROMPT).first().getByRole('link', { name: PROMPT }).click();
        await page.getByRole('heading', { level: 1, name: PROMPT }).waitFor();
        id = new URL(page.url()).pathname.split('/')[2];
        await page.getByRole('heading', { name: 'Recipe' }).waitFor();
        const facts = await page.locator('.facts').allInnerTexts();
        expect(/Steps\s+8/.test(facts.join()), facts.join());
        await accessible(page, 'details');
        const [file] = await Promise.all([
            page.waitForEvent('download'),
            page.getByRole('button', { name: 'Download' }).click(),
        ]);
        expect(/^a-red-circle.*\.mp4$/.test(file.suggestedFilename()), file.suggestedFilename());
        await page.getByRole('button', { name: 'Remix…' }).click();
        const prompt = page.getByRole('dialog').getByRole('textbox', { name: 'Prompt of the new video' });
        expect((await prompt.inputValue()) === PROMPT, 'the prompt to change');
        await accessible(page, 'remix');
        await page.keyboard.press('Escape');
    });
    await harness.check('its settings can be taken for another one', async () => {
        await page.getByRole('button', { name: 'Reuse settings' }).click();
        const form = page.getByRole('form', { name: 'New video' });
        expect((await form.getByRole('textbox', { name: /^Prompt/ }).inputValue()) === PROMPT, 'the prompt');
        expect(/8/.test(await form.getByRole('button', { name: /^Steps/ }).innerText()), 'the steps');
        await page.goBack();
        await page.getByRole('heading', { level: 1, name: PROMPT }).waitFor();
    });
    await harness.check('the dense twin is made and compared', async () => {
        await page.getByRole('link', { name: 'Compare' }).last().click();
        await page.getByRole('button', { name: /dense twin/ }).click();
        await page.waitForURL(/compare\?a=.*&b=/);
        await page.getByRole('button', { name: 'Play' }).waitFor({ timeout: 40_000 });
        expect((await page.locator('video').count()) === 2, 'two videos');
        await page.getByText(/^Measured on the decoded pixels/).waitFor({ timeout: 40_000 });
        await accessible(page, 'comparison');
    });
    await harness.check('both clips play together, never more than a frame apart', async () => {
        await page.getByRole('button', { name: 'Play' }).click();
        const apart = await page.evaluate(async () => {
            const [a, b] = document.querySelectorAll('video');
            const end = performance.now() + 2500;
            let most = 0;
            let moved = 0;
            while (performance.now() < end) {
                await new Promise(requestAnimationFrame);
                most = Math.max(most, Math.abs(a.currentTime - b.currentTime));
                moved = Math.max(moved, a.currentTime);
            }
            return { most, moved };
        });
        expect(apart.moved > 0.4, `it moved ${apart.moved} s`);
        expect(apart.most <= 1 / 16, `${apart.most} s apart`);
        await page.getByRole('button', { name: 'Pause' }).click();
        await page.keyboard.press('.');
        const steps = page.getByRole('slider', { name: 'Frame' });
        const before = Number(await steps.inputValue());
        await page.keyboard.press(',');
        await until(() => steps.inputValue(), (now) => Number(now) === before - 1, 'a frame back');
    });
    await harness.check('the difference is drawn, stronger with its gain', async () => {
        await page.getByRole('radio', { name: 'Difference' }).check({ force: true });
        const canvas = page.locator('canvas');
        await canvas.waitFor();
        const light = () =>
            canvas.evaluate((one) => {
                const copy = new OffscreenCanvas(one.width, one.height).getContext('2d');
                copy.drawImage(one, 0, 0);
                const { data } = copy.getImageData(0, 0, one.width, one.height);
                return data.reduce((sum, value, at) => sum + (at % 4 === 3 ? 0 : value), 0);
            });
        // To and fro: a picture may come later than the way of showing is chosen, and the last frame has no next.
        let steps = 0;
        const next = async () => {
            await page.keyboard.press(steps++ % 2 === 0 ? '.' : ',');
            return light();
        };
        const weak = await until(next, (sum) => sum > 0, 'a difference');
        await page.getByRole('slider', { name: /Gain/ }).fill('6');
        await until(light, (sum) => sum > weak, 'a stronger one');
        await accessible(page, 'difference');
        await page.getByRole('radio', { name: 'Wipe' }).check({ force: true });
        await page.getByRole('slider', { name: /wipe/i }).fill('20');
        await accessible(page, 'wipe');
    });
    await harness.check('the head map tells each head by pointer, keys, table and file', async () => {
        await page.goto(`/videos/${id}/heads`);
        const canvas = page.locator('canvas');
        await canvas.waitFor();
        await canvas.focus();
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('ArrowRight');
        const readout = page.locator('#readout');
        await until(() => readout.innerText(), (text) => /Layer 1, head 1: /.test(text), 'the readout');
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { name: 'Layer 1, head 1, over the steps' }).waitFor();
        await accessible(page, 'head map');
        for (const mode of ['Density', 'Error']) {
            await page.getByRole('radio', { name: mode }).check({ force: true });
            await accessible(page, mode);
        }
        const [file] = await Promise.all([
            page.waitForEvent('download'),
            page.getByRole('button', { name: 'Save CSV' }).click(),
        ]);
        const text = await (await file.createReadStream()).toArray();
        expect(text.join('').split('\n').length > 8 * 8, 'lines of the CSV');
        await page.getByRole('radio', { name: 'Table' }).check({ force: true });
        expect((await page.getByRole('row').count()) > 8, 'rows of the table');
        await accessible(page, 'head table');
    });
    await harness.check('a poster moves while it is pointed at', async () => {
        const other = await harness.page({ reducedMotion: 'no-preference' });
        await other.goto('/gallery');
        const first = other.locator('article[data-job-id]').filter({ has: other.locator('.media > img') }).first();
        await first.hover();
        const sheet = first.locator('.sheet.ready');
        await sheet.waitFor();
        const place = () => sheet.evaluate((one) => one.style.left + one.style.top);
        const before = await place();
        await until(place, (now) => now !== before, 'another frame');
        await other.context().close();
    });
    await harness.check('the gallery finds, selects and deletes', async () => {
        await page.goto('/gallery');
        const cards = page.locator('article[data-job-id]');
        await until(() => cards.count(), (count) => count >= 3, 'three cards');
        await page.getByRole('searchbox').fill('circle black');
        await until(() => cards.count(), (count) => count === 2, 'two cards with those words');
        await cards.first().getByRole('link').focus();
        await page.keyboard.press('ArrowRight');
        expect(await cards.nth(1).getByRole('link').evaluate((one) => one === document.activeElement), 'arrows');
        await page.getByRole('searchbox').fill('');
        await page.getByRole('combobox', { name: 'State' }).selectOption('cancelled');
        await until(() => cards.count(), (count) => count === 1, 'the cancelled one');
        await cards.first().getByRole('checkbox').check();
        await accessible(page, 'gallery with a selection');
        await page.getByRole('button', { name: 'Delete…' }).click();
        await accessible(page, 'asking before a delete');
        await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
        await until(() => cards.count(), (count) => count === 0, 'none');
        await page.getByRole('button', { name: 'Show all' }).click();
        await until(() => cards.count(), (count) => count === 2, 'the others');
    });
}
