// The queue: pause, order by keys and by dragging, reload, cancel all.
import { accessible, expect, until } from './harness.mjs';
import { submit } from './create.mjs';

const PROMPTS = ['a yellow circle shrinks', 'an orange star moves down', 'a purple star moves right'];

export async function checkQueue(harness, page) {
    const rows = page.locator('.waiting [data-job-id] .prompt');
    const order = () => rows.allInnerTexts();
    const is = (...wanted) => (now) => now.join() === wanted.map((at) => PROMPTS[at]).join();
    await harness.check('a paused queue keeps what comes', async () => {
        await page.goto('/queue');
        await page.getByText('Nothing waits').waitFor();
        await accessible(page, 'empty queue');
        await page.getByRole('button', { name: 'Pause queue' }).click();
        await page.getByText(/The queue is paused\. What runs/).waitFor();
        await page.getByRole('link', { name: 'Create' }).click();
        for (const prompt of PROMPTS) {
            await submit(page, prompt);
        }
        await page.getByRole('link', { name: /^Queue/ }).first().click();
        await until(order, is(0, 1, 2), 'three in order');
        await accessible(page, 'queue');
    });
    await harness.check('keys and dragging change the order, and a reload keeps it', async () => {
        const up = page.getByRole('button', { name: `Move up: ${PROMPTS[2]}` });
        await up.focus();
        await page.keyboard.press('Enter');
        await until(order, is(0, 2, 1), 'one up');
        expect(await up.evaluate((one) => one === document.activeElement), 'focus went along');
        await page.locator('.waiting > li').nth(2).dragTo(page.locator('.waiting > li').nth(0));
        await until(order, is(1, 0, 2), 'dragged to the front');
        await page.reload();
        await until(order, is(1, 0, 2), 'the same after a reload');
    });
    await harness.check('cancelling all asks first', async () => {
        await page.getByRole('button', { name: /Cancel all queued/ }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByRole('button', { name: 'Keep' }).click();
        await until(order, is(1, 0, 2), 'all are there');
        await page.getByRole('button', { name: /Cancel all queued/ }).click();
        await dialog.getByRole('button', { name: 'Cancel them' }).click();
        await until(order, (now) => now.length === 0, 'none waits');
        await page.getByRole('button', { name: 'Go on' }).click();
        await page.getByRole('button', { name: 'Pause queue' }).waitFor();
    });
}
