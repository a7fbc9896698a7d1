import { computed, effect, signal } from '@preact/signals';
import { ApiError } from '../api/client.ts';
import type { Job, Model, PictureUse, Values } from '../api/types.ts';
import { requestValues, type Loaded } from '../logic/recipe.ts';
import { isSeed, onceKey, randomSeed, seedValue } from '../logic/seed.ts';
import { plain, same, withoutIdle } from '../logic/values.ts';
import { asked } from './jobs.ts';
import { ownDefaults } from './prefs.ts';
import { client, modelOf, models } from './service.ts';

/** Fields that the form shows one by one; others come from recipes. */
export const SHOWN = new Set([
    'prompt',
    'negative_prompt',
    'model',
    'size',
    'num_frames',
    'fps',
    'num_inference_steps',
    'guidance_scale',
    'seed',
    'attention',
    'density',
    'dense_steps',
]);

interface Draft {
    prompt: string;
    model: string;
    seed: string;
    seedLocked: boolean;
    /** What is wanted other than the model has it, by the service's names. */
    changed: Record<string, string>;
}

const PLACE = 'svgen.draft';
const EMPTY: Draft = { prompt: '', model: '', seed: randomSeed(), seedLocked: false, changed: {} };

function remembered(): Draft {
    try {
        const text = sessionStorage.getItem(PLACE);
        return text === null ? EMPTY : { ...EMPTY, ...(JSON.parse(text) as Partial<Draft>) };
    } catch {
        return EMPTY;
    }
}

export const draft = signal<Draft>(remembered());
/** The first frame, and the last one for models that end with one. */
export const picture = signal<File | null>(null);
export const lastPicture = signal<File | null>(null);
/** What the service or the page says against a field. */
export const complaint = signal<{ field: string; text: string } | null>(null);
export const submitting = signal(false);

effect(() => {
    try {
        sessionStorage.setItem(PLACE, JSON.stringify(draft.value));
    } catch {
        // It lasts as long as the page.
    }
});

export const model = computed<Model | undefined>(
    () => modelOf(draft.value.model) ?? models.value?.[0],
);

const modelDefaults = computed<Values>(() => requestValues(model.value?.defaults ?? {}));

/** What a field is: as changed, else as the person has it by default, else as the model has it. */
export function valueOf(name: string): string {
    const own = ownDefaults.value[name];
    return draft.value.changed[name] ?? own ?? defaultOf(name);
}

export function defaultOf(name: string): string {
    const value = modelDefaults.value[name];
    return value === undefined ? '' : String(value);
}

export const isChanged = (name: string): boolean => !same(valueOf(name), defaultOf(name));

export function edit(part: Partial<Draft>): void {
    draft.value = { ...draft.value, ...part };
    complaint.value = null;
}

export function change(values: Record<string, string>): void {
    edit({ changed: { ...draft.value.changed, ...values } });
}

export function forget(name: string): void {
    const changed = { ...draft.value.changed };
    delete changed[name];
    edit({ changed });
}

/** What the model does with the picture that the video begins with, and with the one that it ends with. */
export const pictureUse = computed<PictureUse>(
    () => model.value?.pictures?.input_reference ?? 'none',
);
export const lastUse = computed<PictureUse>(() => model.value?.pictures?.last_image ?? 'none');
export const takesPicture = computed(() => pictureUse.value !== 'none');
export const takesLast = computed(() => lastUse.value !== 'none');

/** The picture without which the model makes nothing, and which is not there yet. */
function missingPicture(): { field: string; text: string } | null {
    if (pictureUse.value === 'required' && picture.value === null) {
        return { field: 'input_reference', text: 'This model starts from a picture: choose the first frame.' };
    }
    if (lastUse.value === 'required' && lastPicture.value === null) {
        return { field: 'last_image', text: 'This model ends with a picture: choose the last frame.' };
    }
    if (takesLast.value && lastPicture.value !== null && picture.value === null) {
        return { field: 'input_reference', text: 'A last frame goes with a first one: choose that, too.' };
    }
    return null;
}

/** Settings that a recipe brought and the form has no field for. */
export const extras = computed(() =>
    Object.keys(draft.value.changed).filter((name) => !SHOWN.has(name) && isChanged(name)),
);

/** The request, as it would be sent: what is as the model has it is left out. */
export const request = computed<Values>(() => {
    const { prompt, changed, seed } = draft.value;
    const values: Values = { model: model.value?.id ?? '', prompt };
    for (const name of new Set([...Object.keys(ownDefaults.value), ...Object.keys(changed)])) {
        if (isChanged(name) && valueOf(name) !== '') {
            values[name] = plain(valueOf(name));
        }
    }
    values['seed'] = seedValue(seed);
    return values;
});

export const pictures = computed(() => ({
    input_reference: takesPicture.value ? picture.value : null,
    last_image: takesLast.value ? lastPicture.value : null,
}));

/** A request that may have been taken although no answer came. */
let unanswered: { content: string; once: string } | null = null;

/** Asks again under the same name after a failure, so that one wish makes one video. */
async function create(): Promise<Job> {
    const content = JSON.stringify(request.value);
    const once = unanswered?.content === content ? unanswered.once : onceKey();
    unanswered = { content, once };
    try {
        const job = await client.create(request.value, pictures.value, once);
        unanswered = null;
        return job;
    } catch (e) {
        if (e instanceof ApiError && e.status > 0 && e.status < 500) {
            unanswered = null;
        }
        throw e;
    }
}

/** Sends the request; false if it was refused, here or there. */
export async function submit(): Promise<boolean> {
    if (submitting.value) {
        return false;
    }
    const { prompt, seed } = draft.value;
    if (prompt.trim() === '') {
        complaint.value = { field: 'prompt', text: 'Write what the video should show.' };
        return false;
    }
    if (!isSeed(seed)) {
        complaint.value = { field: 'seed', text: 'A seed is a whole number, such as 42.' };
        return false;
    }
    const missing = missingPicture();
    if (missing !== null) {
        complaint.value = missing;
        return false;
    }
    submitting.value = true;
    try {
        await asked(create);
        complaint.value = null;
        if (!draft.value.seedLocked) {
            edit({ seed: randomSeed() });
        }
        return true;
    } finally {
        submitting.value = false;
    }
}

/** Fills the form by a recipe, so that submitting makes the same video. */
export function fill(values: Values, from: string): void {
    const changed: Record<string, string> = {};
    for (const [name, value] of Object.entries(withoutIdle(values))) {
        if (name !== 'prompt' && name !== 'seed' && name !== 'model') {
            changed[name] = String(value);
        }
    }
    const seed = values['seed'];
    draft.value = {
        prompt: String(values['prompt'] ?? ''),
        model: modelOf(from) === undefined ? draft.value.model : from,
        seed: seed === undefined || seed === null ? randomSeed() : String(seed),
        seedLocked: seed !== undefined && seed !== null,
        changed,
    };
    complaint.value = null;
}

export function fillFrom(loaded: Loaded): void {
    fill(loaded.values, loaded.model);
}

/** What a service needs to be told of `values`: not what its model does anyway. */
export function withoutDefaults(values: Values): Values {
    const own = modelOf(String(values['model'] ?? ''))?.defaults;
    const defaults = own === undefined ? {} : requestValues(own);
    const kept = Object.entries(values).filter(
        ([name, value]) => !(name in defaults && same(value, defaults[name])) && value !== '',
    );
    return Object.fromEntries(kept);
}

/** All that made a job, by the service's names, as far as the service says it. */
export function valuesOf(job: Job): Values {
    const values: Values = {
        ...(job.fps != null && { fps: job.fps }),
        ...(job.num_frames != null && { num_frames: job.num_frames }),
        ...(job.seed != null && { seed: job.seed }),
        size: job.size,
        ...requestValues(job.settings ?? {}),
        model: job.model,
        prompt: job.prompt ?? '',
    };
    if (typeof values['seed'] === 'string' && isSeed(values['seed'])) {
        values['seed'] = seedValue(values['seed']);
    }
    return withoutIdle(values);
}
