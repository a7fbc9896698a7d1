import type { Values } from '../api/types.ts';

/** Amounts are counts or fractions by how they are written: 1 is one step, 1.0 is all of them. */
const AMOUNT = /^\d+\.0*$/;

/** A field's text as JSON holds it. */
export function plain(text: string): unknown {
    if (text === 'true' || text === 'false') {
        return text === 'true';
    }
    const number = Number(text);
    const exact = /^-?\d+(\.\d+)?([eE]-?\d+)?$/.test(text) && !AMOUNT.test(text);
    const whole = /^-?\d+$/.test(text);
    return exact && (!whole || Number.isSafeInteger(number)) ? number : text;
}

/** Whether two values of a field are the same, however they are written: 16 and "16.0" are. */
export function same(a: unknown, b: unknown): boolean {
    if (a === b || String(a) === String(b)) {
        return true;
    }
    if (String(a) === '' || String(b) === '') {
        return false;
    }
    return Number(a) === Number(b) && !AMOUNT.test(String(a)) && !AMOUNT.test(String(b));
}

/** Fields that change nothing while another one is off. */
export function withoutIdle(values: Values): Values {
    const kept: Values = {};
    for (const [name, value] of Object.entries(values)) {
        const idle =
            (name.startsWith('cache') && (values['cache'] ?? 'none') === 'none') ||
            (name === 'target_psnr' && Number(value) === 0) ||
            (name === 'audit_rows' && Number(value) === 0);
        if (!idle) {
            kept[name] = value;
        }
    }
    return kept;
}
