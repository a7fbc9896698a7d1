import { useState } from 'preact/hooks';
import type { Job } from '../api/types.ts';
import { ago, firstWords } from '../logic/format.ts';
import { comparePath, headsPath } from '../logic/route.ts';
import { hasVideo, isOver, remove } from '../state/jobs.ts';
import { contentPath, download, thumbnailPath, useMedia } from '../state/media.ts';
import { tell } from '../state/news.ts';
import { withoutDefaults } from '../state/form.ts';
import { go } from '../state/router.ts';
import { reasonOf } from '../state/service.ts';
import { allValuesOf, reuse } from '../state/twin.ts';
import { CopyAs } from '../view/copy-as.tsx';
import { Confirm } from '../view/dialog.tsx';
import { Facts, Receipt, Timings } from '../view/facts.tsx';
import { Icon } from '../view/icon.tsx';
import { JobCard, StateMark } from '../view/job-card.tsx';
import { RemixDialog } from '../view/remix.tsx';
import { Heading } from '../view/shell.tsx';
import { Failed, Loading } from '../view/states.tsx';
import { useJob } from '../view/use-job.ts';
import { useLoaded } from '../view/use-loaded.ts';

/** One video with all that is known of it. */
export function VideoPage({ id }: { id: string }) {
    const found = useJob(id);
    if (found.state !== 'there') {
        return (
            <>
                <Heading text="Video" />
                {found.state === 'failed' ? (
                    <Failed text={found.reason} retry={found.retry} />
                ) : (
                    <Loading count={1} />
                )}
            </>
        );
    }
    return <Video job={found.value} />;
}

function Video({ job }: { job: Job }) {
    const known = useLoaded(`${job.id} ${job.status}`, () => allValuesOf(job));
    const values = known.state === 'there' ? known.value : {};
    return (
        <>
            <div class="page-head">
                <Heading text={firstWords(job.prompt, 60)}>{job.prompt}</Heading>
                <p class="muted">
                    <StateMark job={job} /> {ago(job.completed_at ?? job.created_at, Date.now() / 1000)}
                </p>
            </div>
            <div class="video-page">
                <div class="video-main">
                    {hasVideo(job) ? <Player job={job} /> : <JobCard job={job} />}
                    <Actions job={job} values={values} />
                </div>
                <div class="video-side">
                    {(job.warnings ?? []).map((warning) => (
                        <p key={warning} class="note">
                            <Icon name="alert" />
                            {warning}
                        </p>
                    ))}
                    {job.quality != null && <Receipt receipt={job.quality} />}
                    <Facts job={job} values={values} />
                    <Timings stages={job.stage_durations ?? {}} />
                </div>
            </div>
        </>
    );
}

function Player({ job }: { job: Job }) {
    const video = useMedia(contentPath(job.id));
    const poster = useMedia(thumbnailPath(job.id));
    return (
        <div class="media big" data-job-id={job.id}>
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

function Actions({ job, values }: { job: Job; values: Record<string, unknown> }) {
    const [remixes, setRemixes] = useState(false);
    const [asks, setAsks] = useState(false);
    const done = hasVideo(job);
    const said = (e: unknown) => tell(reasonOf(e), true);
    return (
        <div class="actions">
            {done && (
                <button
                    type="button"
                    class="button primary"
                    onClick={() => void download(contentPath(job.id), fileName(job)).catch(said)}
                >
                    <Icon name="download" />
                    Download
                </button>
            )}
            {done && (
                <button type="button" class="button" onClick={() => setRemixes(true)}>
                    <Icon name="remix" />
                    Remix…
                </button>
            )}
            <button type="button" class="button" onClick={() => void reuse(job).catch(said)}>
                Reuse settings
            </button>
            {done && (
                <>
                    <a class="button" href={comparePath(job.id, null)}>
                        <Icon name="compare" />
                        Compare
                    </a>
                    <a class="button" href={headsPath(job.id)}>
                        <Icon name="heads" />
                        Head map
                    </a>
                </>
            )}
            <CopyAs values={withoutDefaults(values)} picture={null} />
            <button type="button" class="button quiet danger" onClick={() => setAsks(true)}>
                <Icon name="trash" />
                Delete…
            </button>
            {remixes && <RemixDialog job={job} onClose={() => setRemixes(false)} />}
            {asks && (
                <Confirm
                    title="Delete this video?"
                    text={
                        isOver(job)
                            ? 'It and all that belongs to it go for good.'
                            : 'It is not finished. It is cancelled, and goes for good.'
                    }
                    action="Delete"
                    onConfirm={() =>
                        void remove(job.id).then(() => {
                            tell('Deleted.');
                            go('/gallery');
                        }, said)
                    }
                    onClose={() => setAsks(false)}
                />
            )}
        </div>
    );
}

function fileName(job: Job): string {
    const words = firstWords(job.prompt, 60)
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, '-')
        .replace(/^-|-$/g, '');
    return `${words || job.id}.mp4`;
}
