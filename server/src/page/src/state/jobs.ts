import { computed, signal, type Signal } from '@preact/signals';
import type { Job, Progress, Queue, Values } from '../api/types.ts';
import { queueOf } from '../api/client.ts';
import { tellOf } from './news.ts';
import { client } from './service.ts';

const PAGE = 60;

/** What is heard of a run while it goes on; none of it is kept. */
export interface Live extends Progress {
    preview?: string;
}

export const jobs = signal<ReadonlyMap<string, Job>>(new Map());
export const queue = signal<Queue>({ paused: false, queued: [], running: [] });
/** Older jobs are there, behind the last of these. */
export const more = signal<string | null>(null);
export const loaded = signal(false);

const lives = new Map<string, Signal<Live>>();
/** Jobs in the order they were heard of, for those of the same second. */
const arrivals = new Map<string, number>();

export function live(id: string): Signal<Live> {
    let found = lives.get(id);
    if (found === undefined) {
        found = signal({});
        lives.set(id, found);
    }
    return found;
}

export const isOver = (job: Job): boolean => job.status === 'completed' || job.status === 'failed';
/** Done, and the video is still kept. */
export const hasVideo = (job: Job): boolean => job.status === 'completed' && job.url !== null;
export const isCancelled = (job: Job): boolean => job.error?.code === 'cancelled';

const newestFirst = computed(() =>
    [...jobs.value.values()].sort(
        (a, b) => b.created_at - a.created_at || (arrivals.get(b.id) ?? 0) - (arrivals.get(a.id) ?? 0),
    ),
);

export const running = computed(() =>
    newestFirst.value.filter((job) => job.status === 'in_progress').reverse(),
);

/** In the order in which they will run, as far as the service said. */
export const queued = computed(() => {
    const place = new Map(queue.value.queued.map((id, index) => [id, index]));
    const at = (job: Job) => place.get(job.id) ?? Number.MAX_SAFE_INTEGER;
    return newestFirst.value
        .filter((job) => job.status === 'queued')
        .reverse()
        .sort((a, b) => at(a) - at(b));
});

export const over = computed(() => newestFirst.value.filter(isOver));
export const completed = computed(() => over.value.filter(hasVideo));

export function put(list: readonly Job[]): void {
    const next = new Map(jobs.value);
    for (const job of list) {
        if (!arrivals.has(job.id)) {
            arrivals.set(job.id, arrivals.size);
        }
        next.set(job.id, job);
    }
    jobs.value = next;
}

/** Counts what the stream told. Answers may be overtaken by it, since they come another way. */
let moment = 0;
const toldAt = new Map<string, number>();

const overtaken = (id: string, since: number): boolean => (toldAt.get(id) ?? 0) > since;

/** The stream told of a job. */
export function told(job: Job): void {
    toldAt.set(job.id, ++moment);
    take(job);
}

/** Asks for something that is answered with a job, and takes that unless the stream was faster. */
export async function asked(request: () => Promise<Job>): Promise<Job> {
    const since = moment;
    const job = await request();
    if (!overtaken(job.id, since)) {
        take(job);
    }
    return job;
}

/** Takes what the service says of a job, and says what a person wants to hear of it. */
function take(job: Job): void {
    const before = jobs.value.get(job.id);
    put([job]);
    if (job.status === 'completed') {
        lives.delete(job.id); // a cancelled one keeps its last picture
    }
    if (before?.status !== job.status && (before !== undefined || job.status === 'queued')) {
        if (job.status !== 'in_progress' && !(job.status === 'queued' && before?.status === 'in_progress')) {
            tellOf(job);
        }
    }
    if (before?.status !== job.status) {
        void loadQueue();
    }
}

/** A job was deleted, here or elsewhere. */
export function gone(id: string): void {
    toldAt.set(id, ++moment);
    const next = new Map(jobs.value);
    next.delete(id);
    jobs.value = next;
    lives.delete(id);
}

export function progressed(id: string, progress: Progress): void {
    const held = live(id);
    held.value = { ...held.value, ...progress };
}

let asking = false;
let askAgain = false;

/** Reads the queue's order; many changes at once ask once. */
export async function loadQueue(): Promise<void> {
    if (asking) {
        askAgain = true;
        return;
    }
    asking = true;
    try {
        do {
            askAgain = false;
            await setQueue(await client.queue());
        } while (askAgain);
    } catch {
        // The stream of events says that the service is away; it is read anew when it is back.
    } finally {
        asking = false;
    }
}

export async function setQueue(given: Queue | Values): Promise<void> {
    const now = queueOf(given as unknown as Values);
    queue.value = now;
    const missing = [...now.queued, ...now.running].filter((id) => !jobs.value.has(id));
    await Promise.all(missing.map((id) => find(id).catch(() => null)));
}

/** Reads all anew: after the page was opened, and after each lost connection. */
export async function loadJobs(): Promise<void> {
    const since = moment;
    const page = await client.videos(PAGE);
    const now = new Map<string, Job>();
    for (const job of [...page.data].reverse()) {
        arrivals.delete(job.id);
        arrivals.set(job.id, arrivals.size + 1_000_000);
        if (!overtaken(job.id, since)) {
            now.set(job.id, job);
        }
    }
    for (const [id, job] of jobs.value) {
        if (overtaken(id, since)) {
            now.set(id, job);
        }
    }
    jobs.value = now;
    more.value = page.has_more ? (page.last_id ?? null) : null;
    await loadQueue();
    loaded.value = true;
}

export async function loadMore(): Promise<void> {
    if (more.value === null) {
        return;
    }
    const page = await client.videos(PAGE, more.value);
    const oldest = Math.min(0, ...arrivals.values());
    page.data.forEach((job, index) => arrivals.set(job.id, oldest - 1 - index));
    put(page.data);
    more.value = page.has_more ? (page.last_id ?? null) : null;
}

/** The job, from memory or from the service. */
export async function find(id: string): Promise<Job> {
    const known = jobs.value.get(id);
    if (known !== undefined) {
        return known;
    }
    const since = moment;
    const job = await client.video(id);
    if (!overtaken(id, since)) {
        put([job]);
    }
    return job;
}

export async function cancel(id: string): Promise<void> {
    await asked(() => client.cancel(id));
}

export async function remove(id: string): Promise<void> {
    await client.remove(id);
    gone(id);
}
