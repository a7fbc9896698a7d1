import { useEffect, useRef, useState } from 'preact/hooks';
import { client, hasKey } from './service.ts';
import { apiKey } from './prefs.ts';

const MOST_HELD = 80;

/** Bodies by path, the most recently used last. With a key they cannot be had by address alone. */
const held = new Map<string, Promise<string>>();

function objectUrl(path: string): Promise<string> {
    const place = `${apiKey.value}\n${path}`;
    const known = held.get(place);
    if (known !== undefined) {
        held.delete(place);
        held.set(place, known);
        return known;
    }
    const url = client.blob(path).then((blob) => URL.createObjectURL(blob));
    held.set(place, url);
    url.catch(() => held.delete(place));
    for (const [oldest, old] of held) {
        if (held.size <= MOST_HELD) {
            break;
        }
        held.delete(oldest);
        old.then(URL.revokeObjectURL).catch(() => {});
    }
    return url;
}

export const contentPath = (id: string): string => `/v1/videos/${id}/content`;
export const thumbnailPath = (id: string): string => `${contentPath(id)}?variant=thumbnail`;
export const sheetPath = (id: string): string => `${contentPath(id)}?variant=spritesheet`;

/**
 * An address for `src`: that of the service where it needs no key, else one of the bytes, which are
 * fetched with the key. Null until it is there. What is shown stays until the next one is there.
 */
export function useMedia(path: string | null): string | null {
    const [url, setUrl] = useState<string | null>(null);
    const asked = useRef(0);
    const shown = useRef(0);
    const keyed = hasKey.value;
    useEffect(() => {
        const mine = ++asked.current;
        if (path === null || !keyed) {
            shown.current = mine;
            setUrl(path);
            return;
        }
        // Pictures that come faster than they can be fetched are shown late rather than never.
        const show = (found: string | null) => {
            if (mine > shown.current) {
                shown.current = mine;
                setUrl(found);
            }
        };
        objectUrl(path).then(show, () => mine === asked.current && show(null));
    }, [path, keyed]);
    useEffect(() => () => void (shown.current = Infinity), []);
    return keyed || path === null ? url : path;
}

/** For programs of this page that read a video's bytes themselves. */
export function mediaUrl(path: string): Promise<string> {
    return hasKey.value ? objectUrl(path) : Promise.resolve(path);
}

export async function download(path: string, name: string): Promise<void> {
    const blob = await client.blob(path);
    saveAs(blob, name);
}

export function saveAs(blob: Blob, name: string): void {
    const url = URL.createObjectURL(blob);
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
