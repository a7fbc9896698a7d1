/** A seed of six digits: many enough, and short enough to read aloud. */
export function randomSeed(): string {
    const drawn = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    return String(drawn % 1_000_000);
}

/** A name for one intent to create, so that asking twice makes one video. */
export function onceKey(): string {
    const values = crypto.getRandomValues(new Uint8Array(18));
    return btoa(String.fromCharCode(...values)).replace(/[+/]/g, '-');
}

/** What torch takes: -2^63 to 2^64 - 1. */
export function isSeed(text: string): boolean {
    if (!/^-?\d{1,20}$/.test(text)) {
        return false;
    }
    const value = BigInt(text);
    return value >= -(2n ** 63n) && value < 2n ** 64n;
}

/** As JSON can hold it: a number where it is exact, else a text of digits. */
export function seedValue(text: string): number | string {
    const number = Number(text);
    return Number.isSafeInteger(number) ? number : text;
}
