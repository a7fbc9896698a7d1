// What the checks in the browser share. Each prints a line of its own: ok or not ok.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Messages of browsers about answers that a check asked for; anything else is a fault. */
const ASKED_FOR = /Failed to load resource/;

export class Harness {
    faults = [];
    count = 0;
    failed = false;

    constructor(browser, base) {
        this.browser = browser;
        this.base = base;
    }

    static async start(base, executablePath) {
        const args = ['--no-sandbox', '--disable-dev-shm-usage', '--autoplay-policy=no-user-gesture-required'];
        return new Harness(await chromium.launch({ executablePath, args }), base);
    }

    /** A fresh browser with an eye on everything that it logs and asks. */
    async page(options = {}) {
        const context = await this.browser.newContext({
            viewport: { width: 1200, height: 850 },
            reducedMotion: 'reduce',
            baseURL: this.base,
            ...options,
        });
        context.setDefaultTimeout(20_000);
        const page = await context.newPage();
        page.on('console', (message) => {
            const bad = ['error', 'warning'].includes(message.type());
            if (bad && !(options.refusals && ASKED_FOR.test(message.text()))) {
                this.faults.push(`console: ${message.text()}`);
            }
        });
        page.on('pageerror', (error) => this.faults.push(`error: ${error.stack}`));
        page.on('request', (request) => {
            const url = new URL(request.url());
            if (!['blob:', 'data:'].includes(url.protocol) && url.origin !== this.base) {
                this.faults.push(`another host: ${request.url()}`);
            }
        });
        return page;
    }

    async check(name, body) {
        this.count++;
        const before = this.faults.length;
        const began = Date.now();
        let reason = '';
        try {
            await body();
        } catch (e) {
            reason = e?.stack ?? String(e);
        }
        const faults = this.faults.slice(before);
        if (faults.length > 0) {
            reason += `\n${faults.join('\n')}`;
        }
        this.failed ||= reason !== '';
        const word = reason === '' ? 'ok' : 'not ok';
        console.log(`${word} ${this.count} - ${name} (${Date.now() - began} ms)`);
        if (reason !== '') {
            console.log(reason.trim().replace(/^/gm, '    '));
        }
    }

    async end() {
        await this.browser.close();
        console.log(`1..${this.count}`);
        process.exitCode = this.failed ? 1 : 0;
    }
}

export function expect(condition, words) {
    if (!condition) {
        throw new Error(words);
    }
}

/** Waits until a value is as wanted, and says the last one if it never is. */
export async function until(value, wanted, words, most = 20_000) {
    const end = Date.now() + most;
    let last;
    do {
        last = await value();
        if (wanted(last)) {
            return last;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    } while (Date.now() < end);
    throw new Error(`${words}; last: ${JSON.stringify(last)}`);
}

/** No violation of WCAG 2.2 AA, nor of what axe thinks good practice, light and dark. */
export async function accessible(page, where) {
    for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        await page.evaluate(`window.axe ?? (() => { ${axe} })()`);
        // The themes differ in colours alone.
        const runOnly =
            colorScheme === 'light'
                ? { type: 'tag', values: TAGS }
                : { type: 'rule', values: ['color-contrast'] };
        const violations = await page.evaluate(async (which) => {
            const found = await window.axe.run(document, {
                runOnly: which,
                resultTypes: ['violations'],
            });
            return found.violations.map(
                ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join('\n  ')}`,
            );
        }, runOnly);
        expect(violations.length === 0, `${where}, ${colorScheme}:\n${violations.join('\n')}`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
}

/** The page is no wider than its window. */
export async function fitsWidth(page, where) {
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(over <= 0, `${where} is ${over} pixels too wide`);
}
