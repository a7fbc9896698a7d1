import { planWords } from '../../logic/plan.ts';
import { requestValues } from '../../logic/recipe.ts';
import { change } from '../../state/form.ts';
import { planned } from '../../state/plan.ts';
import { Icon } from '../icon.tsx';

/** What the request will take, always there: time, memory, wait, or what would fit instead. */
export function PlanLine() {
    const now = planned.value;
    if (now.state === 'refused') {
        return (
            <p class="plan bad">
                <Icon name="alert" />
                <span>{now.reason}</span>
            </p>
        );
    }
    if (now.state === 'unknown') {
        return <p class="plan muted">No plan: {now.reason}</p>;
    }
    if (now.plan === null) {
        return <p class="plan muted">Planning…</p>;
    }
    const words = planWords(now.plan);
    return (
        <div class={now.state === 'asking' ? 'plan stale' : 'plan'}>
            <p class={words.fits ? '' : 'bad'}>
                <Icon name={words.fits ? 'clock' : 'alert'} />
                <span>
                    <strong>{words.main}</strong>
                    {words.details.length > 0 && (
                        <span class="details muted">
                            {words.details.map((detail) => (
                                <span key={detail}>{detail}</span>
                            ))}
                        </span>
                    )}
                </span>
            </p>
            {(now.plan.warnings ?? []).map((warning) => (
                <p key={warning} class="muted small">
                    {warning}
                </p>
            ))}
            {!words.fits && words.instead.length > 0 && (
                <p class="instead">
                    <span>Try</span>
                    {words.instead.map(({ text, settings }) =>
                        settings === null ? (
                            <span key={text}>{text}</span>
                        ) : (
                            <button
                                key={text}
                                type="button"
                                class="button small"
                                onClick={() => change(texts(requestValues(settings)))}
                            >
                                {text}
                            </button>
                        ),
                    )}
                </p>
            )}
        </div>
    );
}

function texts(values: Record<string, unknown>): Record<string, string> {
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}
