import type { Measured } from './measuring.ts';

const WIDTH = 600;
const HEIGHT = 90;
/** Equal frames have no finite PSNR; the line ends here. */
const MOST_DB = 60;

interface Props {
    values: readonly Measured[];
    count: number;
    frame: number;
    onSeek: (frame: number) => void;
}

/** PSNR and SSIM of each frame as two lines over time, with the frame that shows. */
export function Chart({ values, count, frame, onSeek }: Props) {
    const now = values[frame];
    return (
        <section class="chart" aria-labelledby="closeness">
            <h2 id="closeness">Closeness by frame</h2>
            <div class="lines">
                <Line
                    name="PSNR"
                    unit=" dB"
                    values={values.map((value) => Math.min(value.psnr, MOST_DB))}
                    shown={now === undefined ? '…' : now.psnr === Infinity ? 'equal' : `${now.psnr.toFixed(1)} dB`}
                    digits={1}
                    count={count}
                    frame={frame}
                    onSeek={onSeek}
                />
                <Line
                    name="SSIM"
                    unit=""
                    values={values.map((value) => value.ssim)}
                    shown={now === undefined ? '…' : now.ssim.toFixed(3)}
                    digits={3}
                    count={count}
                    frame={frame}
                    onSeek={onSeek}
                />
            </div>
            <p class="muted small">
                {values.length < count
                    ? `Measuring: ${values.length} of ${count} frames.`
                    : 'Measured on the decoded pixels. PSNR over red, green and blue; SSIM of the luminance in windows of 8 x 8. The command svgen compare knows more measures.'}
            </p>
        </section>
    );
}

interface LineProps {
    name: string;
    unit: string;
    values: number[];
    shown: string;
    digits: number;
    count: number;
    frame: number;
    onSeek: (frame: number) => void;
}

function Line({ name, unit, values, shown, digits, count, frame, onSeek }: LineProps) {
    const low = Math.min(...values);
    const high = Math.max(...values);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const span = Math.max(high - low, 10 ** -digits);
    const x = (i: number) => (count < 2 ? 0 : (i / (count - 1)) * WIDTH);
    const y = (value: number) => 6 + (1 - (value - low) / span) * (HEIGHT - 12);
    const points = values.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
    const said =
        values.length === 0
            ? `${name}: not measured yet`
            : `${name} by frame: mean ${mean.toFixed(digits)}${unit}, from ${low.toFixed(digits)} to ${high.toFixed(digits)}${unit}`;
    return (
        <figure class="line">
            <figcaption>
                <span>
                    <strong>{name}</strong> {shown}
                </span>
                {values.length > 0 && (
                    <span class="muted small">
                        mean {mean.toFixed(digits)}
                        {unit}, least {low.toFixed(digits)}
                        {unit}
                    </span>
                )}
            </figcaption>
            <svg
                viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
                preserveAspectRatio="none"
                role="img"
                aria-label={said}
                onClick={(event) => {
                    const box = event.currentTarget.getBoundingClientRect();
                    onSeek(Math.round(((event.clientX - box.left) / box.width) * (count - 1)));
                }}
            >
                <line class="now" x1={x(frame)} x2={x(frame)} y1="0" y2={HEIGHT} />
                <polyline points={points} />
            </svg>
        </figure>
    );
}
