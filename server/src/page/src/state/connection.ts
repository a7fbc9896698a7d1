import { signal } from '@preact/signals';
import { ApiError } from '../api/client.ts';
import { Events } from '../api/events.ts';
import { parseJson } from '../api/json.ts';
import type { Job, Progress, Values } from '../api/types.ts';
import type { ServerEvent } from '../api/sse.ts';
import { apiKey } from './prefs.ts';
import { gone, loadJobs, loadQueue, progressed, setQueue, told } from './jobs.ts';
import { client, forbidden, keyNeeded, keyWanted, loadModels, reasonOf, refused } from './service.ts';

/** Whether events come. `lost` says why not, and when the page tries again. */
export type Connection =
    | { state: 'connecting' }
    | { state: 'open' }
    | { state: 'lost'; reason: string; tryAt: number };

export const connection = signal<Connection>({ state: 'connecting' });
/** Why the lists could not be read; null if they could. */
export const loadError = signal<string | null>(null);

function take(event: ServerEvent): void {
    const data = parseJson(event.data) as Values;
    const id = String(data['id'] ?? data['video_id'] ?? '');
    switch (event.event) {
        case 'status':
        case 'completed':
        case 'failed':
            told(data as unknown as Job);
            break;
        case 'progress':
            progressed(id, data as Progress);
            break;
        case 'preview':
            progressed(id, { preview: previewPath(id, data) } as Progress);
            break;
        case 'deleted':
            gone(id);
            void loadQueue();
            break;
        case 'queue':
            void (Array.isArray(data['queued']) ? setQueue(data) : loadQueue());
            break;
    }
}

/** The picture's address; the step in it keeps the browser from showing an older one. */
function previewPath(id: string, data: Values): string {
    const given = String(data['url'] ?? `/v1/videos/${id}/preview`);
    const url = new URL(given, location.origin);
    url.searchParams.set('step', String(data['step'] ?? ''));
    return url.pathname + url.search;
}

async function loadAll(): Promise<void> {
    try {
        await Promise.all([loadModels(), loadJobs()]);
        loadError.value = null;
        keyNeeded.value = false;
        keyWanted.value = false;
    } catch (e) {
        if (!(e instanceof ApiError && e.status === 401)) {
            loadError.value = reasonOf(e);
        }
    }
}

const events = new Events(client, {
    opened() {
        connection.value = { state: 'open' };
        void loadAll();
    },
    event: take,
    lost(error, wait) {
        connection.value = { state: 'lost', reason: error.message, tryAt: Date.now() + wait };
    },
});

/** Tries again now: lists and stream. */
export function retry(): void {
    events.retryNow();
    if (connection.value.state === 'open') {
        void loadAll();
    }
}

export function useKey(key: string): void {
    apiKey.value = key.trim();
    forbidden.value = null;
    keyNeeded.value = false;
    keyWanted.value = false;
    refused.value = false;
    retry();
}

export function connect(): void {
    addEventListener('online', () => events.retryNow());
    void events.run();
}
