import { parseJson } from './json.ts';
import type { Job, Model, Page, Plan, Queue, Report, Server, Values } from './types.ts';

/** An answer that is not the one asked for; status 0 is no answer at all. */
export class ApiError extends Error {
    constructor(
        readonly status: number,
        message: string,
        readonly code: string = '',
        readonly param: string | null = null,
        readonly retryAfter: number | null = null,
    ) {
        super(message);
    }
}

export interface Pictures {
    input_reference?: Blob | null;
    last_image?: Blob | null;
}

/** Asks the service. The key goes into a header, never into an address. */
export class Client {
    constructor(
        private readonly key: () => string,
        private readonly ask: typeof fetch = (...args) => fetch(...args),
        private readonly onError: (error: ApiError) => void = () => {},
    ) {}

    models = (): Promise<Model[]> =>
        this.json<Page<Model>>('GET', '/v1/models').then((page) => page.data);

    videos(limit: number, after?: string): Promise<Page<Job>> {
        const query = new URLSearchParams({ limit: String(limit), order: 'desc' });
        if (after !== undefined) {
            query.set('after', after);
        }
        return this.json('GET', `/v1/videos?${query}`);
    }

    video = (id: string): Promise<Job> => this.json('GET', `/v1/videos/${id}`);

    create(values: Values, pictures: Pictures, once: string): Promise<Job> {
        return this.json('POST', '/v1/videos', body(values, pictures), { 'Idempotency-Key': once });
    }

    plan(values: Values, pictures: Pictures, signal: AbortSignal): Promise<Plan> {
        return this.json('POST', '/v1/videos:plan', body(values, pictures), {}, signal);
    }

    cancel = (id: string): Promise<Job> => this.json('POST', `/v1/videos/${id}/cancel`);

    remove = (id: string): Promise<unknown> => this.json('DELETE', `/v1/videos/${id}`);

    remix = (id: string, prompt: string): Promise<Job> =>
        this.json('POST', `/v1/videos/${id}/remix`, JSON.stringify({ prompt }));

    patch = (id: string, values: Values): Promise<Job> =>
        this.json('PATCH', `/v1/videos/${id}`, JSON.stringify(values));

    async queue(): Promise<Queue> {
        return queueOf(await this.json<Values>('GET', '/v1/queue'));
    }

    pause = (paused: boolean): Promise<unknown> =>
        this.json('POST', paused ? '/v1/queue:pause' : '/v1/queue:resume');

    report = (id: string): Promise<Report> => this.json('GET', `/v1/videos/${id}/report`);

    server = (): Promise<Server> => this.json('GET', '/v1/server');

    async blob(path: string, signal?: AbortSignal): Promise<Blob> {
        return (await this.send('GET', path, undefined, {}, signal)).blob();
    }

    /** The answer's body, to be read while it comes. */
    async stream(path: string, lastId: string, signal: AbortSignal): Promise<Response> {
        const headers: Record<string, string> = { Accept: 'text/event-stream' };
        if (lastId !== '') {
            headers['Last-Event-ID'] = lastId;
        }
        return this.send('GET', path, undefined, headers, signal);
    }

    private async json<T>(
        method: string,
        path: string,
        content?: BodyInit,
        headers: Record<string, string> = {},
        signal?: AbortSignal,
    ): Promise<T> {
        const answer = await this.send(method, path, content, headers, signal);
        return parseJson(await answer.text()) as T;
    }

    private async send(
        method: string,
        path: string,
        content?: BodyInit,
        extra: Record<string, string> = {},
        signal?: AbortSignal,
    ): Promise<Response> {
        const headers: Record<string, string> = { Accept: 'application/json', ...extra };
        if (this.key() !== '') {
            headers['Authorization'] = `Bearer ${this.key()}`;
        }
        if (typeof content === 'string') {
            headers['Content-Type'] = 'application/json';
        }
        const init: RequestInit = { method, headers, cache: 'no-cache' };
        if (content !== undefined) {
            init.body = content;
        }
        if (signal !== undefined) {
            init.signal = signal;
        }
        let answer: Response;
        try {
            answer = await this.ask(path, init);
        } catch (e) {
            if (signal?.aborted) {
                throw e;
            }
            throw this.failed(new ApiError(0, 'The service does not answer.'));
        }
        if (!answer.ok) {
            throw this.failed(await errorOf(answer));
        }
        return answer;
    }

    private failed(error: ApiError): ApiError {
        this.onError(error);
        return error;
    }
}

function body(values: Values, pictures: Pictures): BodyInit {
    const files = Object.entries(pictures).filter(([, file]) => file instanceof Blob);
    if (files.length === 0) {
        return JSON.stringify(values);
    }
    const form = new FormData();
    for (const [name, value] of Object.entries(values)) {
        form.append(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
    }
    for (const [name, file] of files) {
        form.append(name, file as Blob);
    }
    return form;
}

/** Ids alone, be they given as ids or as jobs. */
export function queueOf(answer: Values): Queue {
    const ids = (list: unknown): string[] =>
        Array.isArray(list)
            ? list.map((entry) => (typeof entry === 'string' ? entry : String(entry?.id)))
            : [];
    return {
        paused: answer['paused'] === true,
        queued: ids(answer['queued'] ?? answer['data']),
        running: ids(answer['running']),
    };
}

async function errorOf(answer: Response): Promise<ApiError> {
    let message = '';
    let code = '';
    let param: string | null = null;
    try {
        const { error } = (await answer.json()) as { error?: Values };
        message = String(error?.['message'] ?? '');
        code = String(error?.['code'] ?? '');
        param = typeof error?.['param'] === 'string' ? error['param'] : null;
    } catch {
        // Not ours: a proxy's page, say. The status has to do.
    }
    const wait = Number(answer.headers.get('Retry-After') ?? NaN);
    return new ApiError(
        answer.status,
        message || `The service answered ${answer.status}.`,
        code,
        param,
        Number.isFinite(wait) ? wait : null,
    );
}
