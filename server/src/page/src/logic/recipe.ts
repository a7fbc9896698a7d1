import { parseJson } from '../api/json.ts';
import type { Values } from '../api/types.ts';
import { mp4Texts, type Source } from './mp4.ts';

/** What the service calls a field, by what recipes and the engine call it. */
const REQUEST_NAMES: Record<string, string> = {
    frames: 'num_frames',
    steps: 'num_inference_steps',
    guidance: 'guidance_scale',
    guidance2: 'guidance_scale_2',
    guidance_2: 'guidance_scale_2',
};

/** Of a recipe, but no setting: what made it and what came of it. */
const NO_SETTINGS = new Set([
    'svgen',
    'model_hash',
    'device',
    'dtype',
    'kept_density',
    'attention_error',
    'image',
    'last_image',
    'latents',
    'settings',
    'seconds',
    'metadata',
    'webhook_url',
    'priority',
    'user',
]);

/** Null stands for infinity, which the service takes as the absence of a limit. */
function settable(value: unknown): boolean {
    return value !== null && value !== undefined && typeof value !== 'object';
}

/** Settings by the service's names, of a recipe, a job's settings or a model's defaults. */
export function requestValues(given: Values): Values {
    const values: Values = {};
    const nested = given['settings'];
    const all = {
        ...given,
        ...(typeof nested === 'object' && nested !== null ? (nested as Values) : {}),
    };
    for (const [key, value] of Object.entries(all)) {
        const snake = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
        if (NO_SETTINGS.has(snake) || !settable(value)) {
            continue;
        }
        values[REQUEST_NAMES[snake] ?? snake] = value;
    }
    const { width, height } = values;
    if (width !== undefined && height !== undefined) {
        values['size'] = `${width}x${height}`;
    }
    delete values['width'];
    delete values['height'];
    return values;
}

/** What a video of ours says about how it was made. */
export interface Loaded {
    values: Values;
    /** The model's name, without its pipeline class. */
    model: string;
    /** The recipe had a picture, which is not in the video. */
    picture: string | null;
    svgen: string;
}

/** The recipe in an MP4 that svgen wrote; null if it has none. */
export async function recipeOf(file: Source): Promise<Loaded | null> {
    const { comment } = await mp4Texts(file);
    if (comment === undefined) {
        return null;
    }
    let recipe: Values;
    try {
        recipe = parseJson(comment) as Values;
    } catch {
        return null;
    }
    if (typeof recipe !== 'object' || recipe === null || typeof recipe['prompt'] !== 'string') {
        return null;
    }
    const values = requestValues(recipe);
    const model = String(recipe['model'] ?? '').split(' ').slice(-1)[0] ?? '';
    delete values['model'];
    return {
        values,
        model,
        picture: typeof recipe['image'] === 'string' ? recipe['image'] : null,
        svgen: String(recipe['svgen'] ?? ''),
    };
}
