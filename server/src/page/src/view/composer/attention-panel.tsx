import { percent } from '../../logic/format.ts';
import { change, valueOf } from '../../state/form.ts';
import { Choice, NumberField } from './fields.tsx';

export const MODES = [
    {
        value: 'svg',
        name: 'Sparse',
        more: 'Each head looks at near frames or near places. Fast, and close to dense.',
    },
    {
        value: 'sol',
        name: 'By scores',
        more: 'Blocks of keys whose means score high, and means in place of the others.',
    },
    {
        value: 'ear',
        name: 'By clusters',
        more: 'Clusters of like keys that a mean would miss most, and means in place of the others.',
    },
    { value: 'svg2', name: 'Clusters alone', more: 'The same without means, as Sparse VideoGen 2.' },
    {
        value: 'topk',
        name: 'Best blocks',
        more: 'The blocks of keys whose means score highest. To compare.',
    },
    {
        value: 'minference',
        name: 'MInference',
        more: 'Near blocks, lines, or the best blocks, head by head. To compare.',
    },
    {
        value: 'sta',
        name: 'Sliding tiles',
        more: 'A window of tiles around each tile, the same for all heads. To compare.',
    },
    { value: 'dense', name: 'Dense', more: 'All keys. Slow; what the others are measured by.' },
    {
        value: 'pab',
        name: 'Broadcast',
        more: 'All keys at every n-th step; the steps between take its outputs over.',
    },
    { value: 'spatial', name: 'Spatial', more: 'All heads look at near frames. To compare.' },
    { value: 'temporal', name: 'Temporal', more: 'All heads look at near places. To compare.' },
    {
        value: 'svg-official',
        name: 'As published',
        more: 'The official code of Sparse VideoGen, quirks included.',
    },
];

export function AttentionPanel() {
    const mode = valueOf('attention') || 'svg';
    const density = Number(valueOf('density')) || 0.25;
    return (
        <>
            <Choice
                label="Attention"
                name="attention"
                options={MODES.map(({ value, name, more }) => ({ value, text: name, more }))}
                value={mode}
                onChoose={(value) => change({ attention: value })}
            />
            {mode !== 'dense' && (
                <div class="fields">
                    <label class="field grow">
                        <span>
                            Density <span class="number">{percent(density)}</span>
                        </span>
                        <input
                            type="range"
                            name="density"
                            min={0.05}
                            max={1}
                            step={0.05}
                            value={density}
                            aria-describedby="density-help"
                            onInput={(event) => change({ density: event.currentTarget.value })}
                        />
                        <span id="density-help" class="muted small">
                            The share of pairs that sparse calls keep: less is faster and further from
                            dense.
                        </span>
                    </label>
                    <NumberField name="dense_steps" label="First dense steps" min={0} />
                </div>
            )}
        </>
    );
}
