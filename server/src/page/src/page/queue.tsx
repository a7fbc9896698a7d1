import { useRef, useState } from 'preact/hooks';
import type { Job } from '../api/types.ts';
import { counted, duration, firstWords, sizeText } from '../logic/format.ts';
import { moved, placeOf } from '../logic/order.ts';
import { cancel, loadQueue, queue, queued, running, loaded } from '../state/jobs.ts';
import { tell } from '../state/news.ts';
import { client, reasonOf } from '../state/service.ts';
import { Confirm } from '../view/dialog.tsx';
import { Icon } from '../view/icon.tsx';
import { CancelButton, JobCard } from '../view/job-card.tsx';
import { Heading } from '../view/shell.tsx';
import { Empty, Loading } from '../view/states.tsx';

/** What runs, what waits and in which order. The service keeps it all. */
export function QueuePage() {
    const waiting = queued.value;
    return (
        <>
            <div class="page-head">
                <Heading text="Queue" />
                <QueueActions />
            </div>
            {queue.value.paused && (
                <p class="note">
                    <Icon name="pause" />
                    The queue is paused. What runs goes on; nothing new begins.
                </p>
            )}
            {!loaded.value && <Loading count={3} />}
            {loaded.value && running.value.length === 0 && waiting.length === 0 && (
                <Empty icon="queue" title="Nothing waits">
                    <p>Videos that are asked for wait here for their turn.</p>
                    <a class="button primary" href="/">
                        Make a video
                    </a>
                </Empty>
            )}
            {running.value.length > 0 && (
                <section aria-labelledby="running">
                    <h2 id="running">Running</h2>
                    <div class="grid abreast">
                        {running.value.map((job) => (
                            <JobCard key={job.id} job={job} />
                        ))}
                    </div>
                </section>
            )}
            {waiting.length > 0 && (
                <section aria-labelledby="waiting">
                    <h2 id="waiting">Waiting</h2>
                    <Waiting list={waiting} />
                </section>
            )}
        </>
    );
}

function QueueActions() {
    const [asks, setAsks] = useState(false);
    const { paused } = queue.value;
    const ids = queued.value.map((job) => job.id);
    const pause = () =>
        client
            .pause(!paused)
            .then(loadQueue)
            .then(() => tell(paused ? 'The queue goes on.' : 'The queue is paused.'))
            .catch((e: unknown) => tell(reasonOf(e), true));
    const cancelAll = async () => {
        const results = await Promise.allSettled(ids.map(cancel));
        const failed = results.filter((result) => result.status === 'rejected').length;
        tell(
            failed === 0
                ? `Cancelled ${counted(ids.length, 'video')}.`
                : `${failed} of ${ids.length} could not be cancelled.`,
            failed > 0,
        );
    };
    return (
        <div class="actions">
            <button type="button" class="button" onClick={() => void pause()}>
                <Icon name={paused ? 'play' : 'pause'} />
                {paused ? 'Go on' : 'Pause queue'}
            </button>
            <button
                type="button"
                class="button danger"
                disabled={ids.length === 0}
                onClick={() => setAsks(true)}
            >
                Cancel all queued…
            </button>
            {asks && (
                <Confirm
                    title={`Cancel ${counted(ids.length, 'queued video')}?`}
                    text="They are taken out of the queue. What runs goes on."
                    action="Cancel them"
                    onConfirm={() => void cancelAll()}
                    onClose={() => setAsks(false)}
                />
            )}
        </div>
    );
}

function Waiting({ list }: { list: Job[] }) {
    const [dragged, setDragged] = useState<string | null>(null);
    const [target, setTarget] = useState<number | null>(null);
    const box = useRef<HTMLOListElement>(null);
    const ids = list.map((job) => job.id);
    const move = async (from: number, to: number) => {
        const order = moved(ids, from, to);
        const id = ids[from];
        const place = id === undefined ? null : placeOf(order, id);
        if (id === undefined || place === null || from === to) {
            return;
        }
        const before = queue.value;
        queue.value = { ...before, queued: order };
        try {
            await client.patch(id, place);
            tell(`Moved to place ${order.indexOf(id) + 1} of ${order.length}.`);
        } catch (e) {
            queue.value = before;
            tell(`Not moved: ${reasonOf(e)}`, true);
        }
        await loadQueue();
    };
    const byKey = (from: number, to: number, name: string) => {
        void move(from, to).then(() =>
            // The button went along with its row.
            box.current
                ?.querySelector<HTMLElement>(`[data-job-id="${ids[from]}"] [data-move="${name}"]`)
                ?.focus(),
        );
    };
    return (
        <ol class="waiting" ref={box}>
            {list.map((job, index) => (
                <li
                    key={job.id}
                    data-job-id={job.id}
                    class={target === index && dragged !== null ? 'over' : dragged === job.id ? 'dragged' : ''}
                    draggable
                    onDragStart={(event) => {
                        event.dataTransfer?.setData('text/plain', job.id);
                        setDragged(job.id);
                    }}
                    onDragEnd={() => {
                        setDragged(null);
                        setTarget(null);
                    }}
                    onDragOver={(event) => {
                        event.preventDefault();
                        setTarget(index);
                    }}
                    onDrop={(event) => {
                        event.preventDefault();
                        const from = ids.indexOf(dragged ?? '');
                        if (from >= 0) {
                            void move(from, index);
                        }
                    }}
                >
                    <span class="grip" aria-hidden="true">
                        <Icon name="grip" />
                    </span>
                    <span class="place" aria-hidden="true">
                        {index + 1}
                    </span>
                    <div class="what">
                        <p class="prompt">{job.prompt}</p>
                        <p class="muted small">
                            <span class="state-mark queued">
                                <span class="dot" />
                                queued
                            </span>{' '}
                            {sizeText(job.size)}
                            {job.num_frames != null && ` · ${job.num_frames} frames`}
                            {typeof job.eta_seconds === 'number' && ` · done in ${duration(job.eta_seconds)}`}
                        </p>
                    </div>
                    <div class="moves">
                        <button
                            type="button"
                            class="icon-button"
                            data-move="up"
                            aria-label={`Move up: ${firstWords(job.prompt)}`}
                            aria-disabled={index === 0}
                            onClick={() => index > 0 && byKey(index, index - 1, 'up')}
                        >
                            <Icon name="up" />
                        </button>
                        <button
                            type="button"
                            class="icon-button"
                            data-move="down"
                            aria-label={`Move down: ${firstWords(job.prompt)}`}
                            aria-disabled={index === list.length - 1}
                            onClick={() => index < list.length - 1 && byKey(index, index + 1, 'down')}
                        >
                            <Icon name="down" />
                        </button>
                        <CancelButton job={job} />
                    </div>
                </li>
            ))}
        </ol>
    );
}
