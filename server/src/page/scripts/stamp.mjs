// Writes built.sha256: what the built files were made from, and what they are. A test compares.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const page = fileURLToPath(new URL('..', import.meta.url));
const built = join(page, '../main/resources/org/svgen/server/page');
const SOURCES = ['index.html', 'package.json', 'package-lock.json', 'tsconfig.json', 'vite.config.ts', 'src'];

/** Names with a slash between folders, in the order of their code points. */
function files(folder, name) {
    const found = readdirSync(join(folder, name), { withFileTypes: true }).flatMap((entry) => {
        const path = name === '' ? entry.name : `${name}/${entry.name}`;
        return entry.isDirectory() ? files(folder, path) : [path];
    });
    return found.sort();
}

/** SHA-256 over name, zero, content, zero of each file. */
function hash(folder, names) {
    const sum = createHash('sha256');
    for (const name of names) {
        sum.update(name).update('\0').update(readFileSync(join(folder, name))).update('\0');
    }
    return sum.digest('hex');
}

const sources = SOURCES.flatMap((name) => (name === 'src' ? files(page, name) : [name])).sort();
const stamp = `sources ${hash(page, sources)}\nbuilt ${hash(built, files(built, ''))}\n`;
writeFileSync(join(page, 'built.sha256'), stamp);
