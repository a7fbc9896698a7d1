import { useMemo } from 'preact/hooks';
import type { HeadMap, Kind } from '../../logic/heads.ts';
import { percent } from '../../logic/format.ts';
import { KINDS, type HeadMode } from './colours.ts';

/** How many heads of a step are of each kind. */
export function sharesOf(map: HeadMap, branch: number, step: number): Map<Kind, number> {
    const shares = new Map<Kind, number>();
    const all = map.layers * map.heads;
    for (let layer = 0; layer < map.layers; layer++) {
        for (let head = 0; head < map.heads; head++) {
            const { kind } = map.cell(step, branch, layer, head);
            shares.set(kind, (shares.get(kind) ?? 0) + 1 / all);
        }
    }
    return shares;
}

interface Props {
    map: HeadMap;
    branch: number;
    step: number;
    onStep: (step: number) => void;
}

/** All steps at a glance, and which of them the map shows. */
export function Shares({ map, branch, step, onStep }: Props) {
    const all = useMemo(
        () => Array.from({ length: map.steps }, (_, at) => sharesOf(map, branch, at)),
        [map, branch],
    );
    return (
        <div class="shares" aria-hidden="true">
            {all.map((shares, at) => {
                return (
                    <div
                        key={at}
                        class={at === step ? 'share now' : 'share'}
                        onClick={() => onStep(at)}
                    >
                        {KINDS.map(({ kind }) => (
                            <span
                                key={kind}
                                class={`fill ${kind}`}
                                style={{ height: `${100 * (shares.get(kind) ?? 0)}%` }}
                            />
                        ))}
                    </div>
                );
            })}
        </div>
    );
}

export function Legend({ map, branch, step }: Omit<Props, 'onStep'>) {
    const shares = sharesOf(map, branch, step);
    return (
        <ul class="legend">
            {KINDS.filter(({ kind }) => shares.has(kind) || kind === 'spatial' || kind === 'temporal').map(
                ({ kind, text }) => (
                    <li key={kind}>
                        <span class={`swatch ${kind}`} />
                        {text} <span class="muted">{percent(shares.get(kind) ?? 0)}</span>
                    </li>
                ),
            )}
        </ul>
    );
}

interface ScaleProps {
    mode: HeadMode;
    most: number;
    /** Whether errors are known of heads, not of layers alone. */
    ofHeads: boolean;
}

/** What the colours of density and error mean. */
export function Scale({ mode, most, ofHeads }: ScaleProps) {
    return (
        <div class="scale">
            <div class="ramp" aria-hidden="true" />
            <p class="ends muted small">
                <span>{mode === 'density' ? 'few pairs kept' : 'error 0'}</span>
                <span>{mode === 'density' ? 'all pairs' : `error ${most.toPrecision(2)}`}</span>
            </p>
            {mode === 'error' && !ofHeads && (
                <p class="muted small">
                    The report knows the error of each layer over all steps, and of each step, not of each
                    head: a row has the colour of its layer.
                </p>
            )}
        </div>
    );
}
