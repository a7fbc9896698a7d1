import type { Cell, HeadMap } from '../../logic/heads.ts';
import { percent } from '../../logic/format.ts';
import { KINDS } from './colours.ts';
import type { Place } from './map-canvas.tsx';

export function cellWords(cell: Cell): string {
    const kind = KINDS.find((one) => one.kind === cell.kind)?.text ?? cell.kind;
    const parts = [kind.toLowerCase()];
    if (cell.kind !== 'reused') {
        parts.push(`keeps ${percent(cell.density)} of pairs`);
    }
    if (cell.error !== null) {
        parts.push(`error ${cell.error.toPrecision(2)}`);
    }
    return parts.join(', ');
}

interface Props {
    map: HeadMap;
    branch: number;
    place: Place;
    step: number;
    onStep: (step: number) => void;
}

/** One head over all steps. */
export function History({ map, branch, place, step, onStep }: Props) {
    const cells = Array.from({ length: map.steps }, (_, at) =>
        map.cell(at, branch, place.layer, place.head),
    );
    return (
        <section class="history" aria-labelledby="history">
            <h2 id="history">
                Layer {place.layer}, head {place.head}, over the steps
            </h2>
            <ol class="strip">
                {cells.map((cell, at) => (
                    <li key={at}>
                        <button
                            type="button"
                            class={`step-cell ${cell.kind}`}
                            aria-label={`Step ${at}: ${cellWords(cell)}`}
                            aria-current={at === step ? 'step' : undefined}
                            title={`Step ${at}: ${cellWords(cell)}`}
                            onClick={() => onStep(at)}
                        >
                            <span style={{ height: `${Math.max(6, 100 * Math.sqrt(cell.density))}%` }} />
                        </button>
                    </li>
                ))}
            </ol>
            <p class="muted small">The colour is the kind, the height grows with the density.</p>
        </section>
    );
}
