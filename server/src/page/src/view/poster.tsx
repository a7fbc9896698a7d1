import { useEffect, useRef, useState } from 'preact/hooks';
import type { Job, Sheet } from '../api/types.ts';
import { firstWords } from '../logic/format.ts';
import { sheetPath, thumbnailPath, useMedia } from '../state/media.ts';
import { useSeen } from './seen.ts';

const FRAMES_A_SECOND = 10;

/** A video's picture, which moves while it is pointed at: the frames of its spritesheet in turn. */
export function Poster({ job, active }: { job: Job; active: boolean }) {
    const [box, seen] = useSeen<HTMLDivElement>();
    const poster = useMedia(seen ? thumbnailPath(job.id) : null);
    const sheet = job.spritesheet ?? null;
    const moving = active && sheet !== null && !matchMedia('(prefers-reduced-motion: reduce)').matches;
    return (
        <div class="media" ref={box} style={{ aspectRatio: job.size.replace('x', ' / ') }}>
            {poster !== null && <img src={poster} alt={firstWords(job.prompt, 90)} loading="lazy" />}
            {moving && <Moving job={job} sheet={sheet} />}
        </div>
    );
}

function Moving({ job, sheet }: { job: Job; sheet: Sheet }) {
    const url = useMedia(sheetPath(job.id));
    const picture = useRef<HTMLImageElement>(null);
    const [ready, setReady] = useState(false);
    useEffect(() => {
        if (!ready) {
            return;
        }
        let frame = 0;
        const show = () => {
            const column = frame % sheet.columns;
            const row = Math.floor(frame / sheet.columns);
            const style = picture.current?.style;
            style?.setProperty('left', `${-100 * column}%`);
            style?.setProperty('top', `${-100 * row}%`);
            frame = (frame + 1) % sheet.count;
        };
        show();
        const timer = setInterval(show, 1000 / FRAMES_A_SECOND);
        return () => clearInterval(timer);
    }, [ready, sheet]);
    return url === null ? null : (
        <img
            ref={picture}
            class={ready ? 'sheet ready' : 'sheet'}
            src={url}
            alt=""
            style={{ width: `${100 * sheet.columns}%`, height: `${100 * sheet.rows}%` }}
            onLoad={() => setReady(true)}
        />
    );
}
