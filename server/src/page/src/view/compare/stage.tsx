import { useEffect, useRef, useState } from 'preact/hooks';
import type { Job } from '../../api/types.ts';
import { firstWords } from '../../logic/format.ts';
import { contentPath, mediaUrl } from '../../state/media.ts';
import { tell } from '../../state/news.ts';
import { reasonOf } from '../../state/service.ts';
import { Icon } from '../icon.tsx';
import { useLoaded } from '../use-loaded.ts';
import { Failed, Loading } from '../states.tsx';
import { Chart } from './chart.tsx';
import { drawDifference } from './difference.ts';
import { measure, type Measured } from './measuring.ts';
import { Player } from './player.ts';

type Mode = 'side' | 'wipe' | 'difference';

const MODES: { mode: Mode; text: string }[] = [
    { mode: 'side', text: 'Side by side' },
    { mode: 'wipe', text: 'Wipe' },
    { mode: 'difference', text: 'Difference' },
];

/** Two finished videos and all that compares them. */
export function Stage({ a, b }: { a: Job; b: Job }) {
    const urls = useLoaded(`${a.id} ${b.id}`, () =>
        Promise.all([mediaUrl(contentPath(a.id)), mediaUrl(contentPath(b.id))]),
    );
    if (urls.state === 'failed') {
        return <Failed text={urls.reason} retry={urls.retry} />;
    }
    return urls.state === 'there' ? <Clips a={a} b={b} urls={urls.value} /> : <Loading count={2} />;
}

/** Frames of a job and their pace; by its length where it does not say them. */
function timing(job: Job): { fps: number; count: number } {
    const fps = job.fps ?? 16;
    return { fps, count: job.num_frames ?? Math.max(1, Math.round(Number(job.seconds) * fps)) };
}

function Clips({ a, b, urls }: { a: Job; b: Job; urls: [string, string] }) {
    const [mode, setMode] = useState<Mode>('side');
    const [wipe, setWipe] = useState(50);
    const [gain, setGain] = useState(2);
    const [frame, setFrame] = useState(0);
    const [playing, setPlaying] = useState(false);
    const [values, setValues] = useState<Measured[]>([]);
    const [player, setPlayer] = useState<Player | null>(null);
    const first = useRef<HTMLVideoElement>(null);
    const second = useRef<HTMLVideoElement>(null);
    const canvas = useRef<HTMLCanvasElement>(null);
    const { fps } = timing(a);
    const count = Math.min(timing(a).count, timing(b).count);
    const drawing = useRef({ mode, gain });
    drawing.current = { mode, gain };

    const draw = () => {
        if (drawing.current.mode === 'difference' && canvas.current && first.current && second.current) {
            drawDifference(canvas.current, first.current, second.current, drawing.current.gain);
        }
    };
    useEffect(draw, [mode, gain]);
    useEffect(() => {
        if (first.current === null || second.current === null) {
            return;
        }
        const made = new Player(first.current, second.current, fps, count, draw);
        setPlayer(made);
        void made.seek(0).catch((e: unknown) => tell(reasonOf(e), true));
        return () => made.close();
    }, [a.id, b.id]);
    useEffect(() => {
        const stop = new AbortController();
        const found: Measured[] = [];
        setValues([]);
        measure(urls, fps, count, stop.signal, (value) => {
            found.push(value);
            setValues([...found]);
        }).catch((e: unknown) => tell(`Not measured: ${reasonOf(e)}`, true));
        return () => stop.abort();
    }, [a.id, b.id]);
    useEffect(() => {
        if (player === null) {
            return;
        }
        const stops = [player.frame.subscribe(setFrame), player.playing.subscribe(setPlaying)];
        return () => stops.forEach((stop) => stop());
    }, [player]);
    useEffect(() => {
        const key = (event: KeyboardEvent) => {
            const target = event.target as Element;
            if (player === null || target.closest('input, select, textarea, dialog')) {
                return;
            }
            if (event.key === ',' || event.key === '.') {
                event.preventDefault();
                player.step(event.key === ',' ? -1 : 1);
            } else if (event.key === ' ' && target.closest('button, a') === null) {
                event.preventDefault();
                player.toggle();
            }
        };
        addEventListener('keydown', key);
        return () => removeEventListener('keydown', key);
    }, [player]);

    return (
        <>
            <div class="segments" role="radiogroup" aria-label="How to compare">
                {MODES.map((one) => (
                    <label key={one.mode}>
                        <input
                            type="radio"
                            name="mode"
                            checked={mode === one.mode}
                            onChange={() => setMode(one.mode)}
                        />
                        <span>{one.text}</span>
                    </label>
                ))}
            </div>
            <div class={`stage ${mode}`} style={{ '--ratio': a.size.replace('x', ' / ') }}>
                <div class="clip">
                    <video ref={first} muted playsInline preload="auto" src={urls[0]} aria-label={`A: ${firstWords(a.prompt)}`} />
                    <span class="tag">A</span>
                </div>
                <div class="clip" style={mode === 'wipe' ? { clipPath: `inset(0 0 0 ${wipe}%)` } : {}}>
                    <video ref={second} muted playsInline preload="auto" src={urls[1]} aria-label={`B: ${firstWords(b.prompt)}`} />
                    <span class="tag">B</span>
                </div>
                <canvas
                    ref={canvas}
                    hidden={mode !== 'difference'}
                    role="img"
                    aria-label={`Difference of A and B, ${2 ** gain} times as strong`}
                />
                {mode === 'wipe' && (
                    <input
                        class="wipe-range"
                        type="range"
                        min={0}
                        max={100}
                        value={wipe}
                        aria-label="Place of the wipe, in percent"
                        onInput={(event) => setWipe(Number(event.currentTarget.value))}
                    />
                )}
            </div>
            {mode === 'difference' && (
                <label class="field gain">
                    <span>
                        Gain <span class="number">× {2 ** gain}</span>
                    </span>
                    <input
                        type="range"
                        min={0}
                        max={6}
                        value={gain}
                        aria-valuetext={`times ${2 ** gain}`}
                        onInput={(event) => setGain(Number(event.currentTarget.value))}
                    />
                </label>
            )}
            <div class="transport" role="group" aria-label="Transport">
                <button
                    type="button"
                    class="icon-button"
                    aria-label="Frame back"
                    aria-keyshortcuts=","
                    title="Frame back ( , )"
                    onClick={() => player?.step(-1)}
                >
                    ‹
                </button>
                <button type="button" class="button primary" onClick={() => player?.toggle()}>
                    <Icon name={playing ? 'pause' : 'play'} />
                    {playing ? 'Pause' : 'Play'}
                </button>
                <button
                    type="button"
                    class="icon-button"
                    aria-label="Frame forward"
                    aria-keyshortcuts="."
                    title="Frame forward ( . )"
                    onClick={() => player?.step(1)}
                >
                    ›
                </button>
                <input
                    type="range"
                    min={0}
                    max={count - 1}
                    value={frame}
                    aria-label="Frame"
                    aria-valuetext={`frame ${frame + 1} of ${count}`}
                    onInput={(event) => {
                        if (playing) {
                            player?.pause();
                        }
                        void player?.seek(Number(event.currentTarget.value));
                    }}
                />
                <span class="number muted">
                    {frame + 1} / {count}
                </span>
            </div>
            <Chart values={values} count={count} frame={frame} onSeek={(to) => void player?.seek(to)} />
        </>
    );
}
