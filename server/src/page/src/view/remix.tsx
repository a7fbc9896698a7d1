import { useState } from 'preact/hooks';
import type { Job } from '../api/types.ts';
import { asked } from '../state/jobs.ts';
import { go } from '../state/router.ts';
import { client, reasonOf } from '../state/service.ts';
import { Dialog } from './dialog.tsx';

/** A new video with the settings of a finished one and other words. */
export function RemixDialog({ job, onClose }: { job: Job; onClose: () => void }) {
    const [prompt, setPrompt] = useState(job.prompt ?? '');
    const [wrong, setWrong] = useState('');
    const [busy, setBusy] = useState(false);
    const send = async () => {
        if (prompt.trim() === '') {
            setWrong('Write what the video should show.');
            return;
        }
        setBusy(true);
        try {
            await asked(() => client.remix(job.id, prompt));
            onClose();
            go('/');
        } catch (e) {
            setWrong(reasonOf(e));
            setBusy(false);
        }
    };
    return (
        <Dialog title="Remix" onClose={onClose}>
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    void send();
                }}
            >
                <label class="field">
                    <span>Prompt of the new video</span>
                    <textarea
                        rows={4}
                        value={prompt}
                        aria-invalid={wrong !== ''}
                        onInput={(event) => setPrompt(event.currentTarget.value)}
                    />
                </label>
                <div role="alert" class="complaint">
                    {wrong}
                </div>
                <p class="muted small">Size, steps, seed and attention stay as they were.</p>
                <div class="actions end">
                    <button type="button" class="button" onClick={onClose}>
                        Close
                    </button>
                    <button type="submit" class="button primary" disabled={busy}>
                        Remix
                    </button>
                </div>
            </form>
        </Dialog>
    );
}
