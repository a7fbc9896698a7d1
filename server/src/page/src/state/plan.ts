import { effect, signal } from '@preact/signals';
import { ApiError } from '../api/client.ts';
import type { Plan } from '../api/types.ts';
import { connection } from './connection.ts';
import { pictures, request, takesPicture } from './form.ts';
import { queue } from './jobs.ts';
import { client, models, reasonOf } from './service.ts';

const CALM_MS = 350;
/** What a request takes does not depend on its words, so an empty prompt is planned as this. */
const ANY_PROMPT = 'a video';

export type Planned =
    | { state: 'asking'; plan: Plan | null }
    | { state: 'known'; plan: Plan }
    | { state: 'refused'; field: string | null; reason: string }
    | { state: 'unknown'; reason: string };

export const planned = signal<Planned>({ state: 'asking', plan: null });

let asked = new AbortController();
let timer: ReturnType<typeof setTimeout> | undefined;
let last = '';

/** Keeps the plan of the form's request up to date, once typing rests. */
export function keepPlanning(): void {
    effect(() => {
        const values = request.value;
        const files = pictures.value;
        const open = connection.value.state === 'open' && models.value !== null;
        const prompt = String(values['prompt']).trim() === '' ? ANY_PROMPT : values['prompt'];
        const wanted = { ...values, prompt };
        // The seed changes nothing; the queue does.
        const key = JSON.stringify([{ ...wanted, seed: 0 }, queue.value, open, takesPicture.value]);
        if (!open || key === last) {
            return;
        }
        last = key;
        clearTimeout(timer);
        asked.abort();
        asked = new AbortController();
        const { signal: stop } = asked;
        const { peek } = planned;
        const known = peek.call(planned);
        planned.value = { state: 'asking', plan: 'plan' in known ? known.plan : null };
        timer = setTimeout(() => void ask(wanted, files, stop), CALM_MS);
    });
}

async function ask(
    values: Record<string, unknown>,
    files: typeof pictures.value,
    stop: AbortSignal,
): Promise<void> {
    try {
        planned.value = { state: 'known', plan: await client.plan(values, files, stop) };
    } catch (e) {
        if (stop.aborted) {
            return;
        }
        planned.value =
            e instanceof ApiError && (e.status === 400 || e.status === 422)
                ? { state: 'refused', field: e.param, reason: e.message }
                : { state: 'unknown', reason: reasonOf(e) };
        last = '';
    }
}
