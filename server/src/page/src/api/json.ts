const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Reads JSON in which whole numbers that JavaScript would round, such as seeds of 64 bits, become
 * texts with all of their digits.
 */
export function parseJson(text: string): unknown {
    return JSON.parse(text.replace(TOKEN, exact));
}

function exact(token: string): string {
    const whole = /^-?\d+$/.test(token);
    return whole && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token;
}
