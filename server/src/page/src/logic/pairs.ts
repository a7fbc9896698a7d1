import type { Job } from '../api/types.ts';

/** What a comparison begins with: the newest video, and what differs from it in attention alone. */
export function pairOf(done: readonly Job[], a: string | null, b: string | null): [string | null, string | null] {
    if (a !== null || b !== null) {
        return [a, b];
    }
    for (const job of done) {
        const twin = done.find((other) => other !== job && isTwin(job, other));
        if (twin !== undefined) {
            return attentionOf(job) === 'dense' ? [twin.id, job.id] : [job.id, twin.id];
        }
    }
    const [first, second] = done;
    return first === undefined || second === undefined ? [null, null] : [second.id, first.id];
}

export function attentionOf(job: Job): string {
    return String(job.quality?.attention ?? job.settings?.['attention'] ?? '');
}

function isTwin(one: Job, other: Job): boolean {
    return (
        one.prompt === other.prompt &&
        String(one.seed) === String(other.seed) &&
        one.size === other.size &&
        one.num_frames === other.num_frames &&
        attentionOf(one) !== attentionOf(other)
    );
}
