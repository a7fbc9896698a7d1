import { sizeText } from '../../logic/format.ts';
import { lengths } from '../../logic/frames.ts';
import { change, defaultOf, edit, model, valueOf } from '../../state/form.ts';
import { models } from '../../state/service.ts';
import { Choice, NumberField } from './fields.tsx';

export function ModelPanel() {
    const options = (models.value ?? []).map((one) => ({
        value: one.id,
        text: one.id,
        more: [one.task?.replaceAll('-', ' '), one.licence].filter(Boolean).join(' · '),
    }));
    return (
        <Choice
            label="Model"
            name="model"
            options={options}
            value={model.value?.id ?? ''}
            onChoose={(value) => edit({ model: value, changed: {} })}
        />
    );
}

export function SizePanel() {
    const size = valueOf('size');
    const [width = '', height = ''] = size.split('x');
    const sizes = [...new Set([...(model.value?.sizes ?? []), defaultOf('size')])].filter(Boolean);
    const exact = (w: string, h: string) => change({ size: `${w}x${h}` });
    return (
        <>
            <Choice
                label="Sizes that the model was trained for"
                name="size"
                options={sizes.map((value) => ({ value, text: sizeText(value) }))}
                value={size}
                onChoose={(value) => change({ size: value })}
            />
            <div class="fields">
                <label class="field narrow">
                    <span>Width</span>
                    <input
                        type="number"
                        inputMode="numeric"
                        name="width"
                        min={16}
                        step={16}
                        value={width}
                        onInput={(event) => exact(event.currentTarget.value, height)}
                    />
                </label>
                <label class="field narrow">
                    <span>Height</span>
                    <input
                        type="number"
                        inputMode="numeric"
                        name="height"
                        min={16}
                        step={16}
                        value={height}
                        onInput={(event) => exact(width, event.currentTarget.value)}
                    />
                </label>
            </div>
        </>
    );
}

export function LengthPanel() {
    const fps = Number(valueOf('fps')) || 16;
    const own = Number(defaultOf('num_frames')) || 33;
    return (
        <>
            <Choice
                label="Length"
                name="length"
                options={lengths(own, fps).map(({ frames, seconds }) => ({
                    value: String(frames),
                    text: `${Math.round(seconds * 10) / 10} s`,
                }))}
                value={valueOf('num_frames')}
                onChoose={(value) => change({ num_frames: value })}
            />
            <div class="fields">
                <NumberField name="num_frames" label="Frames" min={1} step={1} />
                <NumberField name="fps" label="Frames per second" min={1} max={1000} />
            </div>
        </>
    );
}

export function StepsPanel() {
    const own = Number(defaultOf('num_inference_steps')) || 50;
    const draft = Math.max(4, Math.round(own * 0.3));
    const quick = Math.max(draft + 1, Math.round(own * 0.6));
    return (
        <>
            <Choice
                label="More steps are slower and finer"
                name="steps"
                options={[
                    { value: String(draft), text: `Draft, ${draft}` },
                    { value: String(quick), text: `Quick, ${quick}` },
                    { value: String(own), text: `Full, ${own}` },
                ]}
                value={valueOf('num_inference_steps')}
                onChoose={(value) => change({ num_inference_steps: value })}
            />
            <div class="fields">
                <NumberField name="num_inference_steps" label="Steps" min={1} step={1} />
                <NumberField name="guidance_scale" label="Guidance" min={0} max={1000} />
            </div>
            <p class="muted small">
                Guidance says how strongly the prompt steers. 1 turns it off, which halves the work.
            </p>
        </>
    );
}

export function NegativePanel() {
    return (
        <label class="field">
            <span>Negative prompt</span>
            <textarea
                name="negative_prompt"
                rows={2}
                placeholder="What guidance leads away from"
                value={valueOf('negative_prompt')}
                onInput={(event) => change({ negative_prompt: event.currentTarget.value })}
            />
        </label>
    );
}
