import { useState } from 'preact/hooks';
import type { Values } from '../api/types.ts';
import { command, curl, python, type Asked } from '../logic/snippets.ts';
import { tell } from '../state/news.ts';
import { base, hasKey } from '../state/service.ts';
import { Dialog } from './dialog.tsx';
import { Icon } from './icon.tsx';

const LANGUAGES = [
    { name: 'curl', write: curl },
    { name: 'Python', write: python },
    { name: 'Command line', write: command },
] as const;

/** "Copy as": the same request for a shell, a program, the command. */
export function CopyAs({ values, picture }: { values: Values; picture: string | null }) {
    const [open, setOpen] = useState(false);
    return (
        <>
            <button type="button" class="button quiet" aria-haspopup="dialog" onClick={() => setOpen(true)}>
                <Icon name="copy" />
                Copy as…
            </button>
            {open && <CopyDialog values={values} picture={picture} onClose={() => setOpen(false)} />}
        </>
    );
}

function CopyDialog(props: { values: Values; picture: string | null; onClose: () => void }) {
    const asked: Asked = {
        values: props.values,
        base: base(),
        key: hasKey.value,
        picture: props.picture,
    };
    const [language, setLanguage] = useState<(typeof LANGUAGES)[number]>(LANGUAGES[0]);
    const text = language.write(asked);
    return (
        <Dialog title="Copy this request" onClose={props.onClose}>
            <div class="segments" role="radiogroup" aria-label="Language">
                {LANGUAGES.map((one) => (
                    <label key={one.name}>
                        <input
                            type="radio"
                            name="language"
                            checked={one === language}
                            onChange={() => setLanguage(one)}
                        />
                        <span>{one.name}</span>
                    </label>
                ))}
            </div>
            <pre class="code" tabIndex={0} role="region" aria-label={`Request in ${language.name}`}>
                {text}
            </pre>
            <div class="actions end">
                <button type="button" class="button" onClick={props.onClose}>
                    Close
                </button>
                <button
                    type="button"
                    class="button primary"
                    onClick={() =>
                        copy(text).then(
                            () => tell(`Copied as ${language.name}.`),
                            () => tell('The browser does not let the page copy. Select the text.', true),
                        )
                    }
                >
                    Copy
                </button>
            </div>
        </Dialog>
    );
}

/** Browsers keep the clipboard from pages of other machines without TLS; then a selection does. */
async function copy(text: string): Promise<void> {
    if (navigator.clipboard !== undefined) {
        return navigator.clipboard.writeText(text);
    }
    const area = document.createElement('textarea');
    area.value = text;
    (document.querySelector('dialog[open]') ?? document.body).append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    if (!done) {
        throw new Error('not copied');
    }
}
