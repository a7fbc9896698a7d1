import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job, Status } from '../src/api/types.ts';
import { asked, gone, jobs, loadJobs, queued, running, told } from '../src/state/jobs.ts';

const job = (id: string, status: Status, created = 1): Job =>
    ({ id, status, created_at: created, prompt: id, error: null }) as Job;

const state = (id: string): string | undefined => jobs.value.get(id)?.status;

/** Answers requests of the page by their paths, once `go` is called. */
function service(answers: Record<string, unknown>): { go: () => void } {
    let go = () => {};
    const ready = new Promise<void>((resolve) => (go = resolve));
    globalThis.fetch = (async (path: unknown) => {
        await ready;
        const found = Object.entries(answers).find(([begin]) => String(path).startsWith(begin));
        return new Response(JSON.stringify(found?.[1] ?? {}));
    }) as typeof fetch;
    return { go };
}

test('an answer that the stream has overtaken is not taken', async () => {
    service({ '/v1/queue': { queued: [] } }).go();
    const answer = await asked(() => {
        told(job('a', 'queued'));
        told(job('a', 'in_progress'));
        return Promise.resolve(job('a', 'queued'));
    });
    assert.equal(answer.id, 'a');
    assert.equal(state('a'), 'in_progress');
});

test('an answer that comes first is taken, and the stream after it', async () => {
    service({ '/v1/queue': { queued: [] } }).go();
    await asked(() => Promise.resolve(job('b', 'queued')));
    assert.equal(state('b'), 'queued');
    told(job('b', 'in_progress'));
    assert.equal(state('b'), 'in_progress');
});

test('a job that goes back into the queue after a restart is shown so', () => {
    told(job('c', 'in_progress'));
    told(job('c', 'queued'));
    assert.equal(state('c'), 'queued');
});

test('a list that was asked for earlier undoes nothing that the stream told since', async () => {
    told(job('old', 'completed'));
    const list = [job('d', 'in_progress', 3), job('e', 'queued', 2), job('f', 'queued', 1)];
    const { go } = service({
        '/v1/videos': { data: list, has_more: false },
        '/v1/queue': { queued: ['f'], running: [] },
    });
    const loading = loadJobs();
    told(job('d', 'completed', 3));
    gone('e');
    go();
    await loading;
    assert.equal(state('d'), 'completed');
    assert.equal(state('e'), undefined);
    assert.equal(state('f'), 'queued');
    assert.equal(state('old'), undefined);
    assert.deepEqual(queued.value.map(({ id }) => id), ['f']);
    assert.deepEqual(running.value, []);
});

test('the queue stands in the order that the service gives', async () => {
    const list = ['x', 'y', 'z'].map((id, at) => job(id, 'queued', 10 - at));
    service({
        '/v1/videos': { data: list, has_more: false },
        '/v1/queue': { queued: ['y', 'z', 'x'], running: [] },
    }).go();
    await loadJobs();
    assert.deepEqual(queued.value.map(({ id }) => id), ['y', 'z', 'x']);
});
