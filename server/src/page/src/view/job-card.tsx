import { useState } from 'preact/hooks';
import type { Job } from '../api/types.ts';
import { ago, duration, firstWords } from '../logic/format.ts';
import { headsPath, videoPath } from '../logic/route.ts';
import { cancel, hasVideo, isCancelled, isOver, live, queue, queued, running } from '../state/jobs.ts';
import { contentPath, thumbnailPath, useMedia } from '../state/media.ts';
import { tell } from '../state/news.ts';
import { reasonOf } from '../state/service.ts';
import { Icon } from './icon.tsx';
import { progressOf, stageWords, stateWord } from './job-words.ts';
import { useSeen } from './seen.ts';

/** A job from its first moment to its video: one card that changes in place. */
export function JobCard({ job }: { job: Job }) {
    const word = stateWord(job);
    return (
        <article class={`card job ${word}`} data-job-id={job.id} aria-label={firstWords(job.prompt)}>
            {hasVideo(job) ? <DoneMedia job={job} /> : <PendingMedia job={job} />}
            <div class="card-body">
                <p class="prompt">
                    {job.status === 'completed' ? (
                        <a href={videoPath(job.id)}>{job.prompt}</a>
                    ) : (
                        job.prompt
                    )}
                </p>
                {!isOver(job) && <Running job={job} />}
                {isOver(job) && <Over job={job} />}
            </div>
        </article>
    );
}

function Running({ job }: { job: Job }) {
    const heard = live(job.id).value;
    const value = progressOf(job, heard);
    const ahead = queued.value.findIndex((one) => one.id === job.id) + running.value.length;
    const waits = queue.value.paused ? 'the queue is paused' : ahead > 0 ? `${ahead} ahead` : '';
    const said = job.status === 'queued' ? waits : stageWords(job, heard);
    return (
        <>
            <div
                class="progress"
                role="progressbar"
                aria-label={`Progress of ${firstWords(job.prompt)}`}
                aria-valuemin={0}
                aria-valuemax={100}
                aria-valuenow={value}
            >
                <div style={{ width: `${value}%` }} />
            </div>
            <div class="row">
                <p class="state">
                    <StateMark job={job} />
                    {job.status === 'in_progress' && <span class="number">{value} %</span>}
                    {said !== '' && <span class="muted">{said}</span>}
                </p>
                <CancelButton job={job} />
            </div>
        </>
    );
}

export function StateMark({ job }: { job: Job }) {
    const word = stateWord(job);
    return (
        <span class={`state-mark ${word}`}>
            <span class="dot" />
            {word}
        </span>
    );
}

export function CancelButton({ job }: { job: Job }) {
    const [busy, setBusy] = useState(false);
    return (
        <button
            type="button"
            class="button small"
            disabled={busy}
            onClick={() => {
                setBusy(true);
                cancel(job.id)
                    .catch((e: unknown) => tell(`Not cancelled: ${reasonOf(e)}`, true))
                    .finally(() => setBusy(false));
            }}
        >
            Cancel
        </button>
    );
}

function Over({ job }: { job: Job }) {
    const took = job.inference_time_s;
    return (
        <div class="row">
            <p class="state">
                <StateMark job={job} />
                <span class="muted">
                    {job.status === 'completed'
                        ? [
                              typeof took === 'number' && `in ${duration(took)}`,
                              ago(job.completed_at ?? job.created_at, Date.now() / 1000),
                              !hasVideo(job) && 'no longer kept',
                          ]
                              .filter(Boolean)
                              .join(' · ')
                        : isCancelled(job)
                          ? ago(job.created_at, Date.now() / 1000)
                          : job.error?.message}
                </span>
            </p>
            {hasVideo(job) && (
                <a class="icon-button" href={headsPath(job.id)} aria-label="Head map" title="Head map">
                    <Icon name="heads" />
                </a>
            )}
        </div>
    );
}

function DoneMedia({ job }: { job: Job }) {
    const [box, seen] = useSeen<HTMLDivElement>();
    const video = useMedia(seen ? contentPath(job.id) : null);
    const poster = useMedia(seen ? thumbnailPath(job.id) : null);
    return (
        <div class="media" ref={box} style={{ aspectRatio: job.size.replace('x', ' / ') }}>
            <video
                controls
                muted
                loop
                playsInline
                preload="metadata"
                aria-label={`Video: ${firstWords(job.prompt)}`}
                src={video ?? undefined}
                poster={poster ?? undefined}
            />
        </div>
    );
}

/** The newest preview, which a cancelled job keeps. */
function PendingMedia({ job }: { job: Job }) {
    const heard = live(job.id).value;
    const path = heard.preview ?? null;
    const url = useMedia(path);
    return (
        <div class="media" style={{ aspectRatio: job.size.replace('x', ' / ') }}>
            {url !== null ? (
                <img src={url} alt={`Preview at step ${heard.step ?? ''} of ${firstWords(job.prompt)}`} />
            ) : (
                <div class={`blank ${job.status}`}>
                    <Icon name={job.status === 'failed' ? 'alert' : 'film'} />
                </div>
            )}
        </div>
    );
}
