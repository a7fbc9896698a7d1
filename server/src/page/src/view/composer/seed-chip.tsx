import { complaint, draft, edit } from '../../state/form.ts';
import { randomSeed } from '../../logic/seed.ts';
import { Icon } from '../icon.tsx';

/** The seed, with a dice to draw another and a lock to keep it. */
export function SeedChip() {
    const { seed, seedLocked } = draft.value;
    const wrong = complaint.value?.field === 'seed';
    return (
        <span class={seedLocked ? 'chip seed changed' : 'chip seed'}>
            <label>
                <span class="chip-name">Seed</span>
                <input
                    type="text"
                    inputMode="numeric"
                    name="seed"
                    autocomplete="off"
                    aria-invalid={wrong}
                    aria-describedby={wrong ? 'complaint' : undefined}
                    value={seed}
                    onInput={(event) => edit({ seed: event.currentTarget.value.trim(), seedLocked: true })}
                />
            </label>
            <button
                type="button"
                aria-label="Draw another seed"
                title="Draw another seed"
                onClick={() => edit({ seed: randomSeed() })}
            >
                <Icon name="dice" />
            </button>
            <button
                type="button"
                aria-pressed={seedLocked}
                aria-label="Keep this seed"
                title={seedLocked ? 'Kept for the next videos' : 'Another one is drawn for each video'}
                onClick={() => edit({ seedLocked: !seedLocked })}
            >
                <Icon name={seedLocked ? 'locked' : 'unlocked'} />
            </button>
        </span>
    );
}
