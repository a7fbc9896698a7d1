import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, Client, queueOf } from '../src/api/client.ts';
import { Events, waitMs } from '../src/api/events.ts';

interface Sent {
    path: string;
    init: RequestInit;
}

function clientThatGets(answer: () => Response): { client: Client; sent: Sent[]; errors: ApiError[] } {
    const sent: Sent[] = [];
    const errors: ApiError[] = [];
    const ask = (path: unknown, init?: RequestInit) => {
        sent.push({ path: String(path), init: init ?? {} });
        return Promise.resolve(answer());
    };
    const client = new Client(() => 'sk-svgen-x', ask as typeof fetch, (error) => errors.push(error));
    return { client, sent, errors };
}

test('the key goes into a header and never into an address', async () => {
    const { client, sent } = clientThatGets(() => new Response('{"data":[]}'));
    await client.videos(20, 'video_x');
    assert.equal(sent[0]?.path, '/v1/videos?limit=20&order=desc&after=video_x');
    assert.equal(new Headers(sent[0]?.init.headers).get('Authorization'), 'Bearer sk-svgen-x');
});

test('a request with a picture is a form, one without is JSON', async () => {
    const { client, sent } = clientThatGets(() => new Response('{}'));
    await client.create({ prompt: 'p', seed: 7 }, { input_reference: null }, 'once');
    await client.create({ prompt: 'p', seed: 7 }, { input_reference: new Blob(['x']) }, 'once');
    assert.equal(sent[0]?.init.body, '{"prompt":"p","seed":7}');
    assert.equal(new Headers(sent[0]?.init.headers).get('Idempotency-Key'), 'once');
    const form = sent[1]?.init.body as FormData;
    assert.deepEqual([form.get('prompt'), form.get('seed')], ['p', '7']);
});

test('an error says what the service said', async () => {
    const text = '{"error":{"message":"queue is full","code":"queue_full","param":null,"type":"rate_limit_error"}}';
    const { client, errors } = clientThatGets(
        () => new Response(text, { status: 429, headers: { 'Retry-After': '7' } }),
    );
    await assert.rejects(client.queue(), (error: ApiError) => error.message === 'queue is full');
    assert.deepEqual([errors[0]?.status, errors[0]?.code, errors[0]?.retryAfter], [429, 'queue_full', 7]);
});

test('an answer of a proxy is an error too', async () => {
    const { client } = clientThatGets(() => new Response('<h1>Bad gateway</h1>', { status: 502 }));
    await assert.rejects(client.queue(), (error: ApiError) => error.message === 'The service answered 502.');
});

test('a queue is ids, whether it is given as ids or as jobs', () => {
    const queue = { paused: true, queued: ['a', { id: 'b' }], running: [] };
    assert.deepEqual(queueOf(queue), { paused: true, queued: ['a', 'b'], running: [] });
});

test('attempts come later and later, spread, and as the service asks', () => {
    assert.deepEqual([1, 2, 3, 9].map((n) => waitMs(n, null, 0.5)), [500, 1000, 2000, 20_000]);
    assert.equal(waitMs(3, null, 0), 1500);
    assert.equal(waitMs(1, 30), 30_000);
});

test('a lost stream is opened again, and each opening is told', async () => {
    const heard: string[] = [];
    let connections = 0;
    const events: Events = new Events(
        {
            stream: () => {
                connections++;
                return connections === 2
                    ? Promise.reject(new ApiError(503, 'shutting down'))
                    : Promise.resolve(new Response(`event: status\ndata: ${connections}\n\n`));
            },
        },
        {
            opened: () => heard.push('opened'),
            event: (event) => heard.push(event.data),
            lost: (error) => {
                heard.push(error.message);
                if (connections === 3) {
                    events.close();
                }
                setTimeout(() => events.retryNow(), 1);
            },
        },
    );
    await events.run();
    const ended = 'The service ended the stream of events.';
    assert.deepEqual(heard, ['opened', '1', ended, 'shutting down', 'opened', '3', ended]);
});
