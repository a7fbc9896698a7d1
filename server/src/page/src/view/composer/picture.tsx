import { useEffect, useRef, useState } from 'preact/hooks';
import type { Signal } from '@preact/signals';
import type { PictureUse } from '../../api/types.ts';
import {
    complaint,
    lastPicture,
    lastUse,
    picture,
    pictureUse,
    takesLast,
    takesPicture,
} from '../../state/form.ts';
import { Icon } from '../icon.tsx';

const PICTURES = 'image/png,image/jpeg,image/webp';

/** Opens a file: a picture where the model takes one, and a video for its recipe. */
export function PictureDrop({ onFile }: { onFile: (file: File) => void }) {
    const input = useRef<HTMLInputElement>(null);
    const text = takesPicture.value ? 'Picture or recipe…' : 'Load recipe…';
    return (
        <>
            <button type="button" class="button quiet" onClick={() => input.current?.click()}>
                <Icon name={takesPicture.value ? 'image' : 'film'} />
                {text}
            </button>
            <input
                ref={input}
                type="file"
                hidden
                tabIndex={-1}
                aria-label={text}
                accept={takesPicture.value ? `${PICTURES},video/mp4` : 'video/mp4'}
                onChange={(event) => {
                    const file = event.currentTarget.files?.[0];
                    if (file !== undefined) {
                        onFile(file);
                    }
                    event.currentTarget.value = '';
                }}
            />
        </>
    );
}

/** The pictures that the video begins and ends with, and places for those that the model takes. */
export function PicturesShown() {
    if (!takesPicture.value) {
        return null;
    }
    return (
        <div class="pictures">
            <PicturePlace held={picture} name="First frame" use={pictureUse.value} />
            {takesLast.value && <PicturePlace held={lastPicture} name="Last frame" use={lastUse.value} />}
        </div>
    );
}

interface Place {
    held: Signal<File | null>;
    name: string;
    use: PictureUse;
}

function PicturePlace({ held, name, use }: Place) {
    const file = held.value;
    const [url, setUrl] = useState<string | null>(null);
    useEffect(() => {
        if (file === null) {
            setUrl(null);
            return;
        }
        const made = URL.createObjectURL(file);
        setUrl(made);
        return () => URL.revokeObjectURL(made);
    }, [file]);
    if (file === null || url === null) {
        return <EmptyPlace held={held} name={name} use={use} />;
    }
    return (
        <div class="picture-shown">
            <img src={url} alt={`${name}: ${file.name}`} />
            <span>
                {name} <span class="muted">{file.name}</span>
            </span>
            <button type="button" class="button small" onClick={() => (held.value = null)}>
                Remove<span class="sr"> {name}</span>
            </button>
        </div>
    );
}

function EmptyPlace({ held, name, use }: Place) {
    const input = useRef<HTMLInputElement>(null);
    return (
        <div class="picture-shown">
            <button type="button" class="picture-place" onClick={() => input.current?.click()}>
                <Icon name="image" />
                <span>
                    {name} <span class="muted">{use}</span>
                </span>
            </button>
            <input
                ref={input}
                type="file"
                hidden
                tabIndex={-1}
                aria-label={name}
                accept={PICTURES}
                onChange={(event) => {
                    const file = event.currentTarget.files?.[0];
                    if (file !== undefined) {
                        held.value = file;
                        complaint.value = null;
                    }
                }}
            />
        </div>
    );
}
