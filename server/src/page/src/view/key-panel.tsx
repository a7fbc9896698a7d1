import { useState } from 'preact/hooks';
import { keyWanted, refused } from '../state/service.ts';
import { useKey } from '../state/connection.ts';
import { Dialog } from './dialog.tsx';

/** Asks for the key once the service has asked for one. */
export function KeyPanel() {
    return keyWanted.value ? <KeyDialog /> : null;
}

function KeyDialog() {
    return (
        <Dialog title="The service's key" onClose={() => (keyWanted.value = false)}>
            <p>
                {refused.value && 'The key that this browser has is not known here. '}
                Enter the key that you were given. It stays in this browser and is sent to this service
                alone.
            </p>
            <KeyForm />
        </Dialog>
    );
}

function KeyForm() {
    const [key, setKey] = useState('');
    return (
        <form
            class="key-form"
            onSubmit={(event) => {
                event.preventDefault();
                if (key.trim() !== '') {
                    useKey(key);
                }
            }}
        >
            <label class="field">
                <span>API key</span>
                <input
                    type="password"
                    name="key"
                    autocomplete="off"
                    spellcheck={false}
                    placeholder="sk-svgen-…"
                    value={key}
                    onInput={(event) => setKey(event.currentTarget.value)}
                />
            </label>
            <button type="submit" class="button primary">
                Use this key
            </button>
        </form>
    );
}
