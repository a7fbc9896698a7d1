import { useRef, useState } from 'preact/hooks';
import { counted, words } from '../../logic/format.ts';
import { recipeOf } from '../../logic/recipe.ts';
import {
    complaint,
    draft,
    edit,
    fillFrom,
    lastPicture,
    picture,
    pictures,
    request,
    submit,
    submitting,
    takesLast,
    takesPicture,
} from '../../state/form.ts';
import { tell } from '../../state/news.ts';
import { planned } from '../../state/plan.ts';
import { reasonOf } from '../../state/service.ts';
import { ApiError } from '../../api/client.ts';
import { CopyAs } from '../copy-as.tsx';
import { Chips } from './chips.tsx';
import { PictureDrop, PicturesShown } from './picture.tsx';
import { PlanLine } from './plan-line.tsx';

const MOST_CHARACTERS = 4000;
export const PROMPT_ID = 'prompt';

/** The form: a prompt, what may be set beside it, what it will take, and the button. */
export function Composer() {
    const [over, setOver] = useState(false);
    return (
        <form
            class={over ? 'composer over' : 'composer'}
            aria-label="New video"
            noValidate
            onSubmit={(event) => {
                event.preventDefault();
                void send();
            }}
            onKeyDown={(event) => {
                if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
                    event.preventDefault();
                    void send();
                }
            }}
            onDragOver={(event) => {
                event.preventDefault();
                setOver(true);
            }}
            onDragLeave={(event) => {
                if (!event.currentTarget.contains(event.relatedTarget as Node | null)) {
                    setOver(false);
                }
            }}
            onDrop={(event) => {
                event.preventDefault();
                setOver(false);
                void takeFile(event.dataTransfer?.files[0]);
            }}
            onPaste={(event) => {
                const file = event.clipboardData?.files[0];
                if (file !== undefined) {
                    event.preventDefault();
                    void takeFile(file);
                }
            }}
        >
            <Prompt />
            <PicturesShown />
            <Complaint />
            <Chips />
            <div class="composer-foot">
                <PlanLine />
                <div class="actions">
                    <PictureDrop onFile={(file) => void takeFile(file)} />
                    <CopyAs
                        values={request.value}
                        picture={pictures.value.input_reference?.name ?? null}
                    />
                    <button type="submit" class="button primary large" disabled={submitting.value}>
                        Generate
                    </button>
                </div>
            </div>
            {over && <p class="drop-hint">Drop a picture, or a video of svgen to load its recipe</p>}
        </form>
    );
}

function Prompt() {
    const area = useRef<HTMLTextAreaElement>(null);
    const wrong = complaint.value?.field === 'prompt';
    const length = draft.value.prompt.length;
    return (
        <div class="prompt-field">
            <label for={PROMPT_ID} class="sr">
                Prompt
            </label>
            <textarea
                id={PROMPT_ID}
                ref={area}
                name="prompt"
                rows={2}
                maxLength={MOST_CHARACTERS}
                placeholder="What should the video show?"
                aria-invalid={wrong}
                aria-describedby={wrong ? 'complaint prompt-count' : 'prompt-count'}
                value={draft.value.prompt}
                onInput={(event) => edit({ prompt: event.currentTarget.value })}
            />
            <p id="prompt-count" class="count muted">
                {length > 0 && `${length} of ${MOST_CHARACTERS} characters`}
                <Tokens />
            </p>
        </div>
    );
}

function Tokens() {
    const now = planned.value;
    const plan = 'plan' in now ? now.plan : null;
    if (plan?.prompt_tokens === undefined || draft.value.prompt === '') {
        return null;
    }
    const limit = plan.prompt_tokens_limit;
    const cut = limit !== undefined && plan.prompt_tokens > limit;
    return (
        <span class={cut ? 'bad' : ''}>
            {' · '}
            {counted(plan.prompt_tokens, 'token')}
            {cut && `, the model reads the first ${limit}`}
        </span>
    );
}

function Complaint() {
    return (
        <div id="complaint" role="alert" class="complaint">
            {complaint.value?.text}
        </div>
    );
}

async function send(): Promise<void> {
    try {
        if (!(await submit()) && complaint.value?.field === 'prompt') {
            document.getElementById(PROMPT_ID)?.focus();
        }
    } catch (e) {
        const field = e instanceof ApiError ? (e.param ?? '') : '';
        const text = reasonOf(e);
        complaint.value = { field, text: text.includes(words(field)) ? text : `${words(field)}: ${text}` };
    }
}

/** A picture becomes the first frame; a video of ours brings its recipe. */
export async function takeFile(file: File | undefined): Promise<void> {
    if (file === undefined) {
        return;
    }
    if (file.type.startsWith('image/')) {
        if (takesLast.value && picture.value !== null) {
            lastPicture.value = file;
        } else if (takesPicture.value) {
            picture.value = file;
        } else {
            tell('This model starts from words alone: it takes no picture.', true);
        }
        return;
    }
    const loaded = await recipeOf(file).catch(() => null);
    if (loaded === null) {
        tell(`${file.name} is no video that svgen made: it has no recipe.`, true);
        return;
    }
    fillFrom(loaded);
    tell(
        loaded.picture === null
            ? `The recipe of ${file.name} is loaded.`
            : `The recipe of ${file.name} is loaded. Its picture, ${loaded.picture}, is not in the video.`,
    );
    document.getElementById(PROMPT_ID)?.focus();
}
