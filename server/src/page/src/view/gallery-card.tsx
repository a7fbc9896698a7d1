import { useState } from 'preact/hooks';
import type { Job } from '../api/types.ts';
import { ago, firstWords, sizeText } from '../logic/format.ts';
import { attentionOf } from '../logic/pairs.ts';
import { videoPath } from '../logic/route.ts';
import { hasVideo } from '../state/jobs.ts';
import { Icon } from './icon.tsx';
import { StateMark } from './job-card.tsx';
import { Poster } from './poster.tsx';

interface Props {
    job: Job;
    selected: boolean;
    onSelect: (selected: boolean) => void;
}

/** A finished job as a picture with its words. */
export function GalleryCard({ job, selected, onSelect }: Props) {
    const [active, setActive] = useState(false);
    const done = hasVideo(job);
    return (
        <article
            class={selected ? 'card gallery selected' : 'card gallery'}
            data-job-id={job.id}
            onPointerEnter={() => setActive(true)}
            onPointerLeave={() => setActive(false)}
            onFocusCapture={() => setActive(true)}
            onBlurCapture={() => setActive(false)}
        >
            {done ? (
                <Poster job={job} active={active} />
            ) : (
                <div class="media" style={{ aspectRatio: job.size.replace('x', ' / ') }}>
                    <div class="blank failed">
                        <Icon name="alert" />
                    </div>
                </div>
            )}
            <label class="pick">
                <input
                    type="checkbox"
                    checked={selected}
                    onChange={(event) => onSelect(event.currentTarget.checked)}
                />
                <span class="sr">Select {firstWords(job.prompt)}</span>
            </label>
            <div class="card-body">
                <a class="prompt" href={videoPath(job.id)}>
                    {job.prompt}
                </a>
                <p class="muted small">
                    {done ? (
                        [
                            sizeText(job.size),
                            !['svg', ''].includes(attentionOf(job)) && attentionOf(job),
                            ago(job.completed_at ?? job.created_at, Date.now() / 1000),
                        ]
                            .filter(Boolean)
                            .join(' · ')
                    ) : (
                        <StateMark job={job} />
                    )}
                </p>
            </div>
        </article>
    );
}
