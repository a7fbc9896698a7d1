import { complaint, change, defaultOf, valueOf } from '../../state/form.ts';

interface NumberProps {
    name: string;
    label: string;
    min?: number;
    max?: number;
    step?: number | 'any';
}

/** An exact field of a request, with the model's own value to go back to. */
export function NumberField({ name, label, min, max, step = 'any' }: NumberProps) {
    const wrong = complaint.value?.field === name;
    return (
        <label class="field narrow">
            <span>{label}</span>
            <input
                type="number"
                inputMode="decimal"
                name={name}
                min={min}
                max={max}
                step={step}
                aria-invalid={wrong}
                aria-describedby={wrong ? 'complaint' : undefined}
                placeholder={defaultOf(name)}
                value={valueOf(name)}
                onInput={(event) => change({ [name]: event.currentTarget.value })}
            />
        </label>
    );
}

export interface Option {
    value: string;
    text: string;
    more?: string;
}

interface ChoiceProps {
    label: string;
    name: string;
    options: Option[];
    value: string;
    onChoose: (value: string) => void;
}

/** A few values to choose from at a glance. */
export function Choice({ label, name, options, value, onChoose }: ChoiceProps) {
    return (
        <fieldset class="choice">
            <legend>{label}</legend>
            <div class="options">
                {options.map((option) => (
                    <label key={option.value} class={option.more === undefined ? 'option' : 'option wide'}>
                        <input
                            type="radio"
                            name={name}
                            value={option.value}
                            checked={option.value === value}
                            onChange={() => onChoose(option.value)}
                        />
                        <span>
                            <span class="option-text">{option.text}</span>
                            {option.more !== undefined && <span class="muted">{option.more}</span>}
                        </span>
                    </label>
                ))}
            </div>
        </fieldset>
    );
}
