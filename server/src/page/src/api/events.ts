import { ApiError, type Client } from './client.ts';
import { EventParser, type ServerEvent } from './sse.ts';

const LEAST_WAIT_MS = 500;
const MOST_WAIT_MS = 20_000;
/** The service sends a comment each 15 s; silence for longer than this is a lost connection. */
const SILENCE_MS = 40_000;

export interface Listener {
    /** A connection is there: what was missed has to be read anew. */
    opened(): void;
    event(event: ServerEvent): void;
    /** The connection is lost; the next attempt comes after so many milliseconds. */
    lost(error: ApiError, waitMs: number): void;
}

/** The one stream of events of this page. It connects again, later and later, until it is closed. */
export class Events {
    private closed = new AbortController();
    private wakeUp: () => void = () => {};

    constructor(
        private readonly client: Pick<Client, 'stream'>,
        private readonly listener: Listener,
    ) {}

    async run(): Promise<void> {
        let failures = 0;
        while (!this.closed.signal.aborted) {
            let error: ApiError;
            const began = Date.now();
            try {
                await this.listen();
                error = new ApiError(0, 'The service ended the stream of events.');
            } catch (e) {
                error = e instanceof ApiError ? e : new ApiError(0, 'The connection is lost.');
            }
            if (this.closed.signal.aborted) {
                return;
            }
            failures = Date.now() - began > 5000 ? 1 : failures + 1;
            const wait = waitMs(failures, error.retryAfter);
            this.listener.lost(error, wait);
            await this.sleep(wait);
        }
    }

    /** Tries at once: the key is another one, or the machine is online again. */
    retryNow(): void {
        this.wakeUp();
    }

    close(): void {
        this.closed.abort();
        this.wakeUp();
    }

    private async listen(): Promise<void> {
        const connection = new AbortController();
        const close = () => connection.abort();
        this.closed.signal.addEventListener('abort', close, { once: true });
        let alarm = setTimeout(close, SILENCE_MS);
        try {
            // State is read anew at each connection, so there is nothing to go on from.
            const answer = await this.client.stream('/v1/events', '', connection.signal);
            const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
            const decoder = new TextDecoder();
            const parser = new EventParser((event) => this.listener.event(event));
            this.listener.opened();
            for (;;) {
                const { done, value } = await reader.read();
                if (done) {
                    return;
                }
                clearTimeout(alarm);
                alarm = setTimeout(close, SILENCE_MS);
                parser.push(decoder.decode(value, { stream: true }));
            }
        } finally {
            clearTimeout(alarm);
            this.closed.signal.removeEventListener('abort', close);
            connection.abort();
        }
    }

    private sleep(ms: number): Promise<void> {
        return new Promise((resolve) => {
            const timer = setTimeout(resolve, ms);
            this.wakeUp = () => {
                clearTimeout(timer);
                resolve();
            };
        });
    }
}

/** Doubles with each failure, within limits, and is spread so that pages do not come all at once. */
export function waitMs(failures: number, retryAfter: number | null, chance = Math.random()): number {
    if (retryAfter !== null) {
        return retryAfter * 1000;
    }
    const most = Math.min(MOST_WAIT_MS, LEAST_WAIT_MS * 2 ** (failures - 1));
    return Math.round(most * (0.75 + chance / 2));
}
