import { computed, signal } from '@preact/signals';
import { ApiError, Client } from '../api/client.ts';
import type { Model } from '../api/types.ts';
import { apiKey } from './prefs.ts';

/** The service asks for a key: there is none, or it is a wrong one. */
export const keyNeeded = signal(false);
/** The key is being asked for. */
export const keyWanted = signal(false);
/** The key that is set is a wrong one. */
export const refused = signal(false);
/** What the key may not do, in the service's words. */
export const forbidden = signal<string | null>(null);
/** When requests may come again (milliseconds since 1970); null is now. */
export const waitUntil = signal<number | null>(null);

export const client = new Client(
    () => apiKey.value,
    (...args) => fetch(...args),
    (error) => {
        if (error.status === 401) {
            refused.value = apiKey.value !== '';
            // Who closes the question is not asked again until something changes.
            keyWanted.value ||= !keyNeeded.value;
            keyNeeded.value = true;
        } else if (error.status === 403) {
            forbidden.value = error.message;
        } else if (error.status === 429) {
            waitUntil.value = Date.now() + (error.retryAfter ?? 5) * 1000;
        }
    },
);

export const models = signal<Model[] | null>(null);

export const hasKey = computed(() => apiKey.value !== '');

export function reasonOf(error: unknown): string {
    if (error instanceof ApiError) {
        return error.status === 403 ? `This key may not do that. ${error.message}` : error.message;
    }
    return error instanceof Error ? error.message : String(error);
}

export async function loadModels(): Promise<void> {
    models.value = await client.models();
}

export function modelOf(id: string): Model | undefined {
    return models.value?.find((model) => model.id === id);
}

/** The address that programs use, which is where this page came from. */
export const base = (): string => location.origin;
