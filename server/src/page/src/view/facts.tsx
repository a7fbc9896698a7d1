import type { Job, Receipt as ReceiptValues, Values } from '../api/types.ts';
import { duration, percent, sizeText, words } from '../logic/format.ts';

/** What made the video, by name. */
export function Facts({ job, values }: { job: Job; values: Values }) {
    const rows: [string, string][] = [
        ['Model', job.model],
        ['Size', sizeText(job.size)],
        ['Length', lengthText(job)],
    ];
    for (const [name, value] of Object.entries(values)) {
        if (!['model', 'prompt', 'size', 'num_frames', 'fps'].includes(name) && value !== '') {
            rows.push([title(name), String(value)]);
        }
    }
    if (typeof job.peak_memory_mb === 'number') {
        rows.push(['Most memory', `${Math.round(job.peak_memory_mb)} MB`]);
    }
    if ((job.attempts ?? 1) > 1) {
        rows.push(['Attempts', String(job.attempts)]);
    }
    if (job.remixed_from_video_id !== null && job.remixed_from_video_id !== undefined) {
        rows.push(['Remix of', job.remixed_from_video_id]);
    }
    rows.push(['Id', job.id]);
    return (
        <section aria-labelledby="recipe">
            <h2 id="recipe">Recipe</h2>
            <dl class="facts">
                {rows.map(([name, value]) => (
                    <div key={name}>
                        <dt>{name}</dt>
                        <dd>{value}</dd>
                    </div>
                ))}
            </dl>
        </section>
    );
}

function lengthText(job: Job): string {
    const seconds = `${Math.round(Number(job.seconds) * 10) / 10} s`;
    const { num_frames: frames, fps } = job;
    return frames != null && fps != null ? `${Math.round((frames / fps) * 10) / 10} s, ${frames} frames at ${fps} a second` : seconds;
}

const TITLES: Record<string, string> = {
    num_inference_steps: 'Steps',
    guidance_scale: 'Guidance',
    guidance_scale_2: 'Guidance 2',
};

function title(name: string): string {
    const text = TITLES[name] ?? words(name);
    return text.charAt(0).toUpperCase() + text.slice(1);
}

const VERDICTS = {
    ok: 'Close to dense attention, by what was measured.',
    degraded: 'Further from dense attention than was asked for.',
    unchecked: 'Nothing was measured, so nothing is promised.',
};

/** How far the video is from what dense attention would have made. */
export function Receipt({ receipt }: { receipt: ReceiptValues }) {
    const verdict = receipt.verdict ?? 'unchecked';
    const rows: [string, string][] = [];
    if (typeof receipt.density_kept === 'number') {
        rows.push(['Pairs kept', percent(receipt.density_kept)]);
    }
    if (typeof receipt.eight_bits === 'number') {
        rows.push(['In 8 bits, whose rounding the error lacks', percent(receipt.eight_bits)]);
    }
    if (typeof receipt.estimated_error === 'number') {
        rows.push(['Estimated error of attention', receipt.estimated_error.toPrecision(2)]);
    }
    if (typeof receipt.max_error === 'number') {
        rows.push(['Error allowed', receipt.max_error.toPrecision(2)]);
    }
    if (typeof receipt.psnr_estimate_db === 'number') {
        rows.push(['Estimated PSNR to dense', `${receipt.psnr_estimate_db.toFixed(1)} dB`]);
    }
    if (typeof receipt.checked_heads === 'number' && receipt.checked_heads > 0) {
        const steps = receipt.checked_steps;
        rows.push([
            'Heads measured',
            `${receipt.checked_heads}${typeof steps === 'number' ? ` in ${steps} steps` : ''}`,
        ]);
    }
    return (
        <section aria-labelledby="receipt">
            <h2 id="receipt">Receipt</h2>
            <p class={`verdict ${verdict}`}>{VERDICTS[verdict]}</p>
            <dl class="facts">
                {rows.map(([name, value]) => (
                    <div key={name}>
                        <dt>{name}</dt>
                        <dd>{value}</dd>
                    </div>
                ))}
            </dl>
        </section>
    );
}

/** Where the time went. */
export function Timings({ stages }: { stages: Record<string, number> }) {
    const rows = Object.entries(stages);
    const total = rows.reduce((sum, [, seconds]) => sum + seconds, 0);
    if (rows.length === 0 || total === 0) {
        return null;
    }
    return (
        <section aria-labelledby="timings">
            <h2 id="timings">Time: {duration(total)}</h2>
            <dl class="facts bars">
                {rows.map(([stage, seconds]) => (
                    <div key={stage}>
                        <dt>{words(stage)}</dt>
                        <dd>
                            <span class="bar" aria-hidden="true">
                                <span style={{ width: `${(100 * seconds) / total}%` }} />
                            </span>
                            {duration(seconds)}
                        </dd>
                    </div>
                ))}
            </dl>
        </section>
    );
}
