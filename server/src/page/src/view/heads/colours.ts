import type { Cell, Kind } from '../../logic/heads.ts';

export type HeadMode = 'kind' | 'density' | 'error';

export const KINDS: { kind: Kind; text: string }[] = [
    { kind: 'spatial', text: 'Spatial' },
    { kind: 'temporal', text: 'Temporal' },
    { kind: 'dense', text: 'Dense by choice' },
    { kind: 'warm-up', text: 'Dense by warm-up' },
    { kind: 'reused', text: 'Step from the cache' },
];

/** Colours of the style sheet, so that both themes have their own. */
export interface Colours {
    kind: Record<Kind, string>;
    low: string;
    high: string;
    none: string;
    ink: string;
    ground: string;
}

export function coloursOf(element: Element): Colours {
    const style = getComputedStyle(element);
    const read = (name: string) => style.getPropertyValue(name).trim();
    const kind = Object.fromEntries(KINDS.map(({ kind: one }) => [one, read(`--head-${one}`)]));
    return {
        kind: kind as Record<Kind, string>,
        low: read('--scale-low'),
        high: read('--scale-high'),
        none: read('--head-reused'),
        ink: read('--text-now'),
        ground: read('--ground-now'),
    };
}

/**
 * The colour of a head. Where its own error was not measured, it has that of its layer.
 *
 * @param most the error that has the last colour of the scale
 */
export function colourOf(
    cell: Cell,
    layerError: number | undefined,
    mode: HeadMode,
    most: number,
    colours: Colours,
): string {
    if (mode === 'kind' || cell.kind === 'reused') {
        return colours.kind[cell.kind];
    }
    const error = cell.kind === 'warm-up' ? 0 : (cell.error ?? layerError);
    const value = mode === 'density' ? Math.sqrt(cell.density) : error === undefined ? null : error / most;
    return value === null ? colours.none : mixed(colours.low, colours.high, Math.min(1, Math.max(0, value)));
}

/** Between two colours written as #rrggbb. */
export function mixed(low: string, high: string, share: number): string {
    const channels = [1, 3, 5].map((at) => {
        const from = parseInt(low.slice(at, at + 2), 16);
        const to = parseInt(high.slice(at, at + 2), 16);
        return Math.round(from + (to - from) * share);
    });
    return `rgb(${channels.join(' ')})`;
}
