import { completed, loaded, over, queued, running } from '../state/jobs.ts';
import { connection, loadError } from '../state/connection.ts';
import { edit, model } from '../state/form.ts';
import { Composer, PROMPT_ID } from '../view/composer/composer.tsx';
import { JobCard } from '../view/job-card.tsx';
import { Heading } from '../view/shell.tsx';
import { Loading } from '../view/states.tsx';

const RECENT = 12;

/** Where one begins: the form, what is on its way, what came of it. */
export function CreatePage() {
    return (
        <>
            <div class="hero">
                <Heading text="Create">What should move?</Heading>
                <Composer />
            </div>
            <Videos />
        </>
    );
}

function Videos() {
    if (!loaded.value) {
        const waiting = connection.value.state !== 'lost' && loadError.value === null;
        return waiting ? <Loading /> : null;
    }
    const under = [...running.value, ...queued.value];
    const recent = over.value.slice(0, RECENT);
    if (under.length === 0 && recent.length === 0) {
        return <Examples />;
    }
    return (
        <>
            {under.length > 0 && (
                <section aria-labelledby="under-way">
                    <div class="section-head">
                        <h2 id="under-way">On the way</h2>
                        <a href="/queue">Queue</a>
                    </div>
                    <div class="grid under-way">
                        {under.map((job) => (
                            <JobCard key={job.id} job={job} />
                        ))}
                    </div>
                </section>
            )}
            {recent.length > 0 && (
                <section aria-labelledby="recent">
                    <div class="section-head">
                        <h2 id="recent">Recent</h2>
                        <a href="/gallery">
                            {completed.value.length > RECENT ? 'All videos' : 'Gallery'}
                        </a>
                    </div>
                    <div class="grid">
                        {recent.map((job) => (
                            <JobCard key={job.id} job={job} />
                        ))}
                    </div>
                </section>
            )}
        </>
    );
}

/** For a model that names no prompts of its own. */
const PROMPTS = [
    'waves roll onto a beach at sunset',
    'a paper boat drifts down a rainy street',
    'steam rises from a cup of tea by a window',
];

export function Examples() {
    const own = model.value?.examples ?? model.value?.prompts ?? [];
    const prompts = (own.length > 0 ? own : PROMPTS).slice(0, 3);
    return (
        <section class="examples" aria-labelledby="examples">
            <h2 id="examples">Nothing here yet. Start with one of these:</h2>
            <ul>
                {prompts.map((prompt) => (
                    <li key={prompt}>
                        <button
                            type="button"
                            onClick={() => {
                                edit({ prompt });
                                document.getElementById(PROMPT_ID)?.focus();
                            }}
                        >
                            {prompt}
                        </button>
                    </li>
                ))}
            </ul>
        </section>
    );
}
