import type { Job } from '../api/types.ts';

/** Which finished jobs are shown; empty texts and 0 days are all. */
export interface Filter {
    text: string;
    model: string;
    state: '' | 'done' | 'failed' | 'cancelled';
    days: number;
}

export const ALL: Filter = { text: '', model: '', state: '', days: 0 };

/** @param now Unix seconds */
export function matches(job: Job, filter: Filter, now: number): boolean {
    const prompt = (job.prompt ?? '').toLowerCase();
    const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
    const cancelled = job.error?.code === 'cancelled';
    const state = job.status === 'completed' ? 'done' : cancelled ? 'cancelled' : 'failed';
    return (
        words.every((word) => prompt.includes(word)) &&
        (filter.model === '' || job.model === filter.model) &&
        (filter.state === '' || filter.state === state) &&
        (filter.days === 0 || job.created_at >= now - filter.days * 86_400)
    );
}
