import { useEffect, useState } from 'preact/hooks';
import { reasonOf } from '../state/service.ts';

export type Loaded<T> =
    | { state: 'loading' }
    | { state: 'there'; value: T }
    | { state: 'failed'; reason: string; retry: () => void };

/** What a promise gives; asked for anew when `key` changes. Null waits. */
export function useLoaded<T>(key: string | null, load: () => Promise<T>): Loaded<T> {
    const [found, setFound] = useState<Loaded<T>>({ state: 'loading' });
    const [attempt, setAttempt] = useState(0);
    useEffect(() => {
        let wanted = true;
        setFound({ state: 'loading' });
        if (key === null) {
            return;
        }
        load().then(
            (value) => wanted && setFound({ state: 'there', value }),
            (e: unknown) =>
                wanted &&
                setFound({
                    state: 'failed',
                    reason: reasonOf(e),
                    retry: () => setAttempt((count) => count + 1),
                }),
        );
        return () => {
            wanted = false;
        };
    }, [key, attempt]);
    return found;
}
