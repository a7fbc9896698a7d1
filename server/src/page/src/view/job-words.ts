import type { Job } from '../api/types.ts';
import { duration } from '../logic/format.ts';
import { isCancelled, type Live } from '../state/jobs.ts';

/** A job's state as a person says it: one of five words. */
export function stateWord(job: Job): string {
    switch (job.status) {
        case 'queued':
            return 'queued';
        case 'in_progress':
            return 'running';
        case 'completed':
            return 'done';
        case 'failed':
            return isCancelled(job) ? 'cancelled' : 'failed';
    }
}

const STAGES: Record<string, string> = {
    load: 'loading the model',
    text: 'reading the prompt',
    image: 'reading the picture',
    denoise: 'denoising',
    decode: 'drawing the frames',
    write: 'writing the video',
};

/** What a running job is at: "denoising, step 12 of 50 · 14 s left". */
export function stageWords(job: Job, live: Live): string {
    const kind = (live.stage ?? '').split(' ')[0] ?? '';
    const parts: string[] = [];
    const stage = STAGES[kind] ?? live.stage;
    if (stage !== undefined && stage !== '') {
        const steps = kind === 'denoise' && live.step !== undefined && live.steps !== undefined;
        parts.push(steps ? `${stage}, step ${live.step} of ${live.steps}` : stage);
    }
    const eta = live.eta_seconds ?? job.eta_seconds;
    if (typeof eta === 'number' && eta >= 0.5) {
        parts.push(`${duration(eta)} left`);
    }
    return parts.join(' · ');
}

/** 0 to 100. What is heard is newer than what the job said. */
export function progressOf(job: Job, live: Live): number {
    if (job.status === 'completed') {
        return 100;
    }
    return Math.round(Math.min(100, Math.max(0, live.progress ?? job.progress ?? 0)));
}
