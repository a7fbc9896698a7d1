import { useEffect, useRef, useState } from 'preact/hooks';
import type { Signal } from '@preact/signals';
import { lastPicture, picture, takesLast, takesPicture } from '../../state/form.ts';
import { Icon } from '../icon.tsx';

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
                accept={takesPicture.value ? 'image/png,image/jpeg,image/webp,video/mp4' : 'video/mp4'}
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

/** The pictures that the video begins and ends with. */
export function PicturesShown() {
    return (
        <>
            {takesPicture.value && <PictureShown held={picture} name="First frame" />}
            {takesLast.value && <PictureShown held={lastPicture} name="Last frame" />}
        </>
    );
}

function PictureShown({ held, name }: { held: Signal<File | null>; name: string }) {
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
        return null;
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
