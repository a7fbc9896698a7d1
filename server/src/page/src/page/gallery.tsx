import { useRef, useState } from 'preact/hooks';
import type { Job } from '../api/types.ts';
import { counted } from '../logic/format.ts';
import { ALL, matches, type Filter } from '../logic/filter.ts';
import { comparePath } from '../logic/route.ts';
import { loaded, loadMore, more, over, remove } from '../state/jobs.ts';
import { tell } from '../state/news.ts';
import { models, reasonOf } from '../state/service.ts';
import { Confirm } from '../view/dialog.tsx';
import { GalleryCard } from '../view/gallery-card.tsx';
import { Icon } from '../view/icon.tsx';
import { Heading } from '../view/shell.tsx';
import { Empty, Loading } from '../view/states.tsx';
import { moveFocus } from '../view/arrows.ts';

/** All that is finished: to find, look at, compare, delete. */
export function GalleryPage() {
    const [filter, setFilter] = useState<Filter>(ALL);
    const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
    const grid = useRef<HTMLDivElement>(null);
    const shown = over.value.filter((job) => matches(job, filter, Date.now() / 1000));
    const chosen = shown.filter((job) => selected.has(job.id));
    const select = (id: string, on: boolean) => {
        const next = new Set(selected);
        if (on) {
            next.add(id);
        } else {
            next.delete(id);
        }
        setSelected(next);
    };
    return (
        <>
            <Heading text="Gallery" />
            {loaded.value && over.value.length > 0 && <Filters filter={filter} onChange={setFilter} />}
            {chosen.length > 0 && (
                <Selection
                    chosen={chosen}
                    onAll={() => setSelected(new Set(shown.map((job) => job.id)))}
                    onNone={() => setSelected(new Set())}
                />
            )}
            {!loaded.value && <Loading count={8} />}
            {loaded.value && over.value.length === 0 && (
                <Empty icon="film" title="No videos yet">
                    <p>What you make appears here.</p>
                    <a class="button primary" href="/">
                        Make the first one
                    </a>
                </Empty>
            )}
            {loaded.value && over.value.length > 0 && shown.length === 0 && (
                <Empty icon="search" title="Nothing matches">
                    <button type="button" class="button" onClick={() => setFilter(ALL)}>
                        Show all
                    </button>
                </Empty>
            )}
            <div
                class={chosen.length > 0 ? 'grid posters picking' : 'grid posters'}
                ref={grid} onKeyDown={(event) => moveFocus(event, grid.current)}
            >
                {shown.map((job) => (
                    <GalleryCard
                        key={job.id}
                        job={job}
                        selected={selected.has(job.id)}
                        onSelect={(on) => select(job.id, on)}
                    />
                ))}
            </div>
            {more.value !== null && (
                <p class="center">
                    <button
                        type="button"
                        class="button"
                        onClick={() => void loadMore().catch((e: unknown) => tell(reasonOf(e), true))}
                    >
                        Older videos
                    </button>
                </p>
            )}
        </>
    );
}

function Filters({ filter, onChange }: { filter: Filter; onChange: (filter: Filter) => void }) {
    const names = models.value?.map((model) => model.id) ?? [];
    return (
        <form class="filters" role="search" aria-label="Videos" onSubmit={(event) => event.preventDefault()}>
            <label class="search">
                <span class="sr">Find by words of the prompt</span>
                <Icon name="search" />
                <input
                    type="search"
                    placeholder="Find by words"
                    value={filter.text}
                    onInput={(event) => onChange({ ...filter, text: event.currentTarget.value })}
                />
            </label>
            {names.length > 1 && (
                <Select
                    label="Model"
                    value={filter.model}
                    options={[['', 'All models'], ...names.map((name) => [name, name] as const)]}
                    onChange={(model) => onChange({ ...filter, model })}
                />
            )}
            <Select
                label="State"
                value={filter.state}
                options={[
                    ['', 'All states'],
                    ['done', 'Done'],
                    ['failed', 'Failed'],
                    ['cancelled', 'Cancelled'],
                ]}
                onChange={(state) => onChange({ ...filter, state: state as Filter['state'] })}
            />
            <Select
                label="Date"
                value={String(filter.days)}
                options={[
                    ['0', 'Any time'],
                    ['1', 'Last day'],
                    ['7', 'Last 7 days'],
                    ['30', 'Last 30 days'],
                ]}
                onChange={(days) => onChange({ ...filter, days: Number(days) })}
            />
        </form>
    );
}

interface SelectProps {
    label: string;
    value: string;
    options: readonly (readonly [string, string])[];
    onChange: (value: string) => void;
}

function Select({ label, value, options, onChange }: SelectProps) {
    return (
        <select aria-label={label} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
            {options.map(([key, text]) => (
                <option key={key} value={key}>
                    {text}
                </option>
            ))}
        </select>
    );
}

function Selection(props: { chosen: Job[]; onAll: () => void; onNone: () => void }) {
    const [asks, setAsks] = useState(false);
    const ids = props.chosen.map((job) => job.id);
    const done = props.chosen.filter((job) => job.status === 'completed');
    const removeAll = async () => {
        const results = await Promise.allSettled(ids.map(remove));
        const failed = results.filter((result) => result.status === 'rejected');
        props.onNone();
        if (failed.length === 0) {
            tell(`Deleted ${counted(ids.length, 'video')}.`);
        } else {
            tell(`${failed.length} of ${ids.length} could not be deleted: ${reasonOf(failed[0]?.reason)}`, true);
        }
    };
    return (
        <div class="selection" role="region" aria-label="Selection">
            <strong>{counted(ids.length, 'video')} selected</strong>
            <div class="actions">
                {done.length === 2 && ids.length === 2 && (
                    <a class="button small" href={comparePath(ids[1] ?? null, ids[0] ?? null)}>
                        Compare both
                    </a>
                )}
                <button type="button" class="button small" onClick={props.onAll}>
                    Select all shown
                </button>
                <button type="button" class="button small" onClick={props.onNone}>
                    Clear
                </button>
                <button type="button" class="button small danger" onClick={() => setAsks(true)}>
                    Delete…
                </button>
            </div>
            {asks && (
                <Confirm
                    title={`Delete ${counted(ids.length, 'video')}?`}
                    text="The videos and all that belongs to them go for good."
                    action="Delete"
                    onConfirm={() => void removeAll()}
                    onClose={() => setAsks(false)}
                />
            )}
        </div>
    );
}
