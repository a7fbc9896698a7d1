import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { percent, sizeText, words } from '../../logic/format.ts';
import { draft, extras, forget, isChanged, model, valueOf } from '../../state/form.ts';
import { models } from '../../state/service.ts';
import { Icon } from '../icon.tsx';
import { AttentionPanel, MODES } from './attention-panel.tsx';
import { LengthPanel, ModelPanel, NegativePanel, SizePanel, StepsPanel } from './panels.tsx';
import { SeedChip } from './seed-chip.tsx';

interface Chip {
    name: string;
    fields: string[];
    value: () => string;
    panel: () => ComponentChildren;
}

const CHIPS: Chip[] = [
    { name: 'Model', fields: [], value: () => model.value?.id ?? '…', panel: () => <ModelPanel /> },
    {
        name: 'Size',
        fields: ['size'],
        value: () => sizeText(valueOf('size')),
        panel: () => <SizePanel />,
    },
    {
        name: 'Length',
        fields: ['num_frames', 'fps'],
        value: lengthText,
        panel: () => <LengthPanel />,
    },
    {
        name: 'Steps',
        fields: ['num_inference_steps', 'guidance_scale'],
        value: () => valueOf('num_inference_steps'),
        panel: () => <StepsPanel />,
    },
    {
        name: 'Attention',
        fields: ['attention', 'density', 'dense_steps'],
        value: attentionText,
        panel: () => <AttentionPanel />,
    },
    {
        name: 'Avoid',
        fields: ['negative_prompt'],
        value: () => (valueOf('negative_prompt') === '' ? 'nothing' : valueOf('negative_prompt')),
        panel: () => <NegativePanel />,
    },
];

function lengthText(): string {
    const frames = Number(valueOf('num_frames'));
    const fps = Number(valueOf('fps'));
    return frames > 0 && fps > 0 ? `${Math.round((frames / fps) * 10) / 10} s` : valueOf('num_frames');
}

function attentionText(): string {
    const mode = valueOf('attention');
    const density = Number(valueOf('density'));
    const name = MODES.find((one) => one.value === mode)?.name ?? mode;
    return mode === 'dense' || !(density > 0) ? name : `${name}, ${percent(density)}`;
}

/** What may be set beside the prompt: a row of values, one of which is open at a time. */
export function Chips() {
    const [open, setOpen] = useState<string | null>(null);
    const id = useId();
    const shown = CHIPS.find((chip) => chip.name === open);
    return (
        <div class="settings-of-video">
            <div class="chips">
                {CHIPS.filter((chip) => chip.name !== 'Model' || (models.value?.length ?? 0) > 1).map(
                    (chip) => (
                        <button
                            key={chip.name}
                            type="button"
                            class={chip.fields.some(isChanged) ? 'chip changed' : 'chip'}
                            aria-expanded={open === chip.name}
                            aria-controls={open === chip.name ? id : undefined}
                            onClick={() => setOpen(open === chip.name ? null : chip.name)}
                        >
                            <span class="chip-name">{chip.name}</span>
                            <span class="chip-value">{chip.value()}</span>
                        </button>
                    ),
                )}
                <SeedChip />
                {extras.value.map((name) => (
                    <span key={name} class="chip changed extra">
                        <span class="chip-name">{words(name)}</span>
                        <span class="chip-value">{draft.value.changed[name]}</span>
                        <button type="button" aria-label={`Forget ${words(name)}`} onClick={() => forget(name)}>
                            <Icon name="close" />
                        </button>
                    </span>
                ))}
            </div>
            {shown && (
                <div id={id} class="panel" role="group" aria-label={shown.name}>
                    {shown.panel()}
                </div>
            )}
        </div>
    );
}
