import type { Plan, Values } from '../api/types.ts';
import { bytes, counted, duration } from './format.ts';

/** The plan in words: what a person wants to know before pressing Generate. */
export interface PlanWords {
    fits: boolean;
    /** "About 21 s", or why it does not fit. */
    main: string;
    /** "16 s to 28 s", "110 MB of memory", "starts in 40 s, 2 ahead". */
    details: string[];
    /** What would fit. Those with settings can be taken by a click. */
    instead: { text: string; settings: Values | null }[];
}

export function planWords(plan: Plan): PlanWords {
    const instead = (plan.alternatives ?? []).map((other) =>
        typeof other === 'string'
            ? { text: other, settings: settingsIn(other) }
            : { text: other.text ?? valuesText(other.settings ?? {}), settings: other.settings ?? null },
    );
    if (!plan.feasible) {
        return { fits: false, main: sentence(plan.reason ?? 'This does not fit here.'), details: [], instead };
    }
    const { seconds_estimate: likely, seconds_low: low, seconds_high: high } = plan;
    const details: string[] = [];
    if (typeof low === 'number' && typeof high === 'number' && duration(low) !== duration(high)) {
        details.push(`${duration(low)} to ${duration(high)}`);
    }
    if (typeof plan.peak_memory_bytes === 'number') {
        details.push(`${bytes(plan.peak_memory_bytes)} of memory`);
    }
    details.push(queueWords(plan.queue ?? {}));
    const main = typeof likely === 'number' ? `About ${duration(likely)}` : 'It fits';
    return { fits: true, main, details, instead };
}

function queueWords(queue: NonNullable<Plan['queue']>): string {
    const ahead = Math.max(0, (queue.position ?? 1) - 1);
    const wait = queue.wait_seconds ?? 0;
    if (ahead === 0 && wait < 1) {
        return 'starts at once';
    }
    const when = wait >= 1 ? `starts in about ${duration(wait)}` : 'waits its turn';
    return ahead === 0 ? when : `${when}, ${counted(ahead, 'video')} ahead`;
}

/** Settings that a line such as "--width 480 --height 320" or "num_frames 17" names. */
function settingsIn(text: string): Values | null {
    const values: Values = {};
    const size = /\b(\d{2,5})\s?[x×]\s?(\d{2,5})\b/.exec(text);
    if (size) {
        values['size'] = `${size[1]}x${size[2]}`;
    }
    const frames = /\b(?:num_)?frames[ =:]*(\d+)|\b(\d+) frames\b/.exec(text);
    if (frames) {
        values['num_frames'] = Number(frames[1] ?? frames[2]);
    }
    return Object.keys(values).length > 0 ? values : null;
}

function valuesText(values: Values): string {
    return Object.entries(values)
        .map(([name, value]) => (name === 'num_frames' ? `${value} frames` : `${value}`))
        .join(', ');
}

function sentence(text: string): string {
    const trimmed = text.trim();
    return trimmed.charAt(0).toUpperCase() + trimmed.slice(1) + (/[.!?]$/.test(trimmed) ? '' : '.');
}
