import { signal } from '@preact/signals';
import { firstWords } from '../logic/format.ts';
import type { Job } from '../api/types.ts';
import { notifications } from './prefs.ts';

export interface News {
    text: string;
    bad: boolean;
    /** Tells apart two that read the same. */
    number: number;
}

const SHOWN_MS = 6000;

/** The newest line for people who look and for those who listen. */
export const news = signal<News | null>(null);

let number = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

export function tell(text: string, bad = false): void {
    number++;
    news.value = { text, bad, number };
    clearTimeout(timer);
    timer = setTimeout(() => (news.value = null), SHOWN_MS);
}

export function dismiss(): void {
    clearTimeout(timer);
    news.value = null;
}

/** Queued, done, failed: not each step. */
export function tellOf(job: Job): void {
    const words = firstWords(job.prompt);
    if (job.status === 'queued') {
        tell(`Queued: ${words}`);
    } else if (job.status === 'completed') {
        tell(`Done: ${words}`);
        notify('Video done', job);
    } else if (job.status === 'failed' && job.error?.code === 'cancelled') {
        tell(`Cancelled: ${words}`);
    } else if (job.status === 'failed') {
        tell(`Failed: ${words}. ${job.error?.message ?? ''}`, true);
        notify('Video failed', job);
    }
}

function notify(title: string, job: Job): void {
    if (!notifications.value || typeof Notification === 'undefined' || document.hasFocus()) {
        return;
    }
    if (Notification.permission === 'granted') {
        new Notification(title, { body: firstWords(job.prompt, 90), tag: job.id });
    }
}
