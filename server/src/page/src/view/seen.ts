import { useEffect, useRef, useState } from 'preact/hooks';

/** Whether an element has come near the window once: what is far below need not be fetched. */
export function useSeen<T extends Element>(): [{ current: T | null }, boolean] {
    const box = useRef<T>(null);
    const [seen, setSeen] = useState(false);
    useEffect(() => {
        const element = box.current;
        if (element === null || seen) {
            return;
        }
        const watcher = new IntersectionObserver(
            (entries) => {
                if (entries.some((entry) => entry.isIntersecting)) {
                    setSeen(true);
                    watcher.disconnect();
                }
            },
            { rootMargin: '300px' },
        );
        watcher.observe(element);
        return () => watcher.disconnect();
    }, []);
    return [box, seen];
}
