// Compiles what needs no browser, and runs its tests by node's own runner.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const page = fileURLToPath(new URL('..', import.meta.url));
const out = mkdtempSync(join(tmpdir(), 'svgen-page-'));

function run(...args) {
    const { status } = spawnSync(process.execPath, args, { cwd: page, stdio: 'inherit' });
    return status ?? 1;
}

try {
    writeFileSync(join(out, 'package.json'), '{"type":"module"}');
    symlinkSync(join(page, 'node_modules'), join(out, 'node_modules'));
    const compiled = run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.test.json', '--outDir', out);
    const tests = readdirSync(join(page, 'test'))
        .filter((name) => name.endsWith('.test.ts'))
        .map((name) => join(out, 'test', name.replace(/ts$/, 'js')));
    process.exitCode = compiled || run('--test', ...tests);
} finally {
    rmSync(out, { recursive: true });
}
