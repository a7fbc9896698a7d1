import { useState } from 'preact/hooks';
import type { Job } from '../api/types.ts';
import { ago, firstWords } from '../logic/format.ts';
import { attentionOf, pairOf } from '../logic/pairs.ts';
import { comparePath } from '../logic/route.ts';
import { completed, isOver, loaded } from '../state/jobs.ts';
import { tell } from '../state/news.ts';
import { go } from '../state/router.ts';
import { reasonOf } from '../state/service.ts';
import { makeDenseTwin } from '../state/twin.ts';
import { Stage } from '../view/compare/stage.tsx';
import { JobCard } from '../view/job-card.tsx';
import { Heading } from '../view/shell.tsx';
import { Empty, Failed, Loading } from '../view/states.tsx';
import { useJob } from '../view/use-job.ts';

/** Two videos against each other. */
export function ComparePage(asked: { a: string | null; b: string | null }) {
    const [a, b] = pairOf(completed.value, asked.a, asked.b);
    const left = useJob(a);
    const right = useJob(b);
    const jobs = [left, right].map((found) => (found.state === 'there' ? found.value : null));
    const [first = null, second = null] = jobs;
    return (
        <>
            <Heading text="Compare" />
            {!loaded.value && <Loading count={2} />}
            {loaded.value && completed.value.length === 0 && first === null && (
                <Empty icon="compare" title="Nothing to compare yet">
                    <p>Two finished videos can be compared frame by frame.</p>
                    <a class="button primary" href="/">
                        Make a video
                    </a>
                </Empty>
            )}
            {loaded.value && (completed.value.length > 0 || first !== null) && (
                <div class="pickers">
                    <Picker label="A" value={a} onPick={(id) => go(comparePath(id, b), 'replace')} />
                    <Picker label="B" value={b} onPick={(id) => go(comparePath(a, id), 'replace')} />
                    {first !== null && <Twin job={first} />}
                </div>
            )}
            {left.state === 'failed' && <Failed text={`A: ${left.reason}`} />}
            {right.state === 'failed' && <Failed text={`B: ${right.reason}`} />}
            {first !== null && second !== null && <Both a={first} b={second} />}
            {loaded.value && first !== null && b === null && (
                <p class="muted">Choose a second video, or make the dense twin of the first.</p>
            )}
        </>
    );
}

function Both({ a, b }: { a: Job; b: Job }) {
    const open = [a, b].filter((job) => job.status !== 'completed');
    if (open.length === 0) {
        return <Stage key={`${a.id} ${b.id}`} a={a} b={b} />;
    }
    return (
        <>
            <p class="muted">
                {open.every(isOver)
                    ? 'This one has no video to compare.'
                    : 'The comparison begins by itself once both videos are done.'}
            </p>
            <div class="grid">
                {open.map((job) => (
                    <JobCard key={job.id} job={job} />
                ))}
            </div>
        </>
    );
}

interface PickerProps {
    label: string;
    value: string | null;
    onPick: (id: string | null) => void;
}

function Picker({ label, value, onPick }: PickerProps) {
    const list = completed.value;
    const known = value === null || list.some((job) => job.id === value);
    const now = Date.now() / 1000;
    return (
        <label class="field">
            <span>{label}</span>
            <select
                value={value ?? ''}
                onChange={(event) => onPick(event.currentTarget.value === '' ? null : event.currentTarget.value)}
            >
                <option value="">Choose a video</option>
                {!known && <option value={value ?? ''}>The one asked for</option>}
                {list.map((job) => (
                    <option key={job.id} value={job.id}>
                        {firstWords(job.prompt, 44)} · {attentionOf(job) && `${attentionOf(job)} · `}
                        {ago(job.completed_at ?? job.created_at, now)}
                    </option>
                ))}
            </select>
        </label>
    );
}

function Twin({ job }: { job: Job }) {
    const [busy, setBusy] = useState(false);
    const dense = attentionOf(job) === 'dense';
    const make = async () => {
        setBusy(true);
        try {
            go(comparePath(job.id, (await makeDenseTwin(job)).id), 'replace');
        } catch (e) {
            tell(`Not asked for: ${reasonOf(e)}`, true);
        } finally {
            setBusy(false);
        }
    };
    return (
        <button type="button" class="button" disabled={busy || dense} onClick={() => void make()}>
            {dense ? 'A is dense' : 'Make the dense twin of A'}
        </button>
    );
}
