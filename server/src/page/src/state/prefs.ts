import { effect, signal, type Signal } from '@preact/signals';

/** What this browser remembers; in memory alone where it may keep nothing. */
function kept<T>(name: string, initial: T, valid: (value: unknown) => value is T): Signal<T> {
    const place = `svgen.${name}`;
    let first = initial;
    try {
        const text = localStorage.getItem(place);
        const value: unknown = text === null ? initial : JSON.parse(text);
        first = valid(value) ? value : initial;
    } catch {
        // No storage, or not ours: the initial value stands.
    }
    const held = signal(first);
    effect(() => {
        try {
            localStorage.setItem(place, JSON.stringify(held.value));
        } catch {
            // It lasts as long as the page.
        }
    });
    return held;
}

export type Theme = 'system' | 'light' | 'dark';

const isText = (value: unknown): value is string => typeof value === 'string';
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
const isTheme = (value: unknown): value is Theme =>
    value === 'system' || value === 'light' || value === 'dark';
const isValues = (value: unknown): value is Record<string, string> =>
    typeof value === 'object' && value !== null && Object.values(value).every(isText);

export const apiKey = kept('key', '', isText);
export const theme = kept<Theme>('theme', 'system', isTheme);
export const notifications = kept('notifications', false, isFlag);
/** Fields that the person wants other than the model has them, for new videos. */
export const ownDefaults = kept<Record<string, string>>('defaults', {}, isValues);

export function applyTheme(): void {
    effect(() => {
        document.documentElement.dataset['theme'] = theme.value;
    });
}
