import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { headMap, headsCsv, type HeadMap } from '../logic/heads.ts';
import { firstWords } from '../logic/format.ts';
import { videoPath } from '../logic/route.ts';
import { loaded } from '../state/jobs.ts';
import { saveAs } from '../state/media.ts';
import { loadReport } from '../state/twin.ts';
import { cellWords, History } from '../view/heads/history.tsx';
import type { HeadMode } from '../view/heads/colours.ts';
import { MapCanvas, type Place } from '../view/heads/map-canvas.tsx';
import { Legend, Scale, Shares } from '../view/heads/shares.tsx';
import { HeadTable } from '../view/heads/table.tsx';
import { Heading } from '../view/shell.tsx';
import { Empty, Failed, Loading } from '../view/states.tsx';
import { useJob } from '../view/use-job.ts';
import { useLoaded } from '../view/use-loaded.ts';

/** What each head of each layer attended to, step by step. */
export function HeadsPage({ id }: { id: string }) {
    const job = useJob(id);
    const done = job.state === 'there' && job.value.status === 'completed';
    const report = useLoaded(loaded.value && done ? id : null, () => loadReport(id));
    const map = useMemo(
        () => (report.state === 'there' && report.value !== null ? headMap(report.value) : null),
        [report],
    );
    return (
        <>
            <div class="page-head">
                <Heading text="Head map" />
                {job.state === 'there' && (
                    <p>
                        <a href={videoPath(id)}>{firstWords(job.value.prompt, 80)}</a>
                    </p>
                )}
            </div>
            {job.state === 'failed' && <Failed text={job.reason} retry={job.retry} />}
            {job.state === 'there' && !done && (
                <Empty icon="heads" title="Not yet">
                    <p>A video has its head map once it is done.</p>
                </Empty>
            )}
            {report.state === 'failed' && <Failed text={report.reason} retry={report.retry} />}
            {job.state === 'loading' || (done && report.state === 'loading') ? <Loading count={1} /> : null}
            {report.state === 'there' && map === null && (
                <Empty icon="heads" title="All heads were dense">
                    <p>This video was made with dense attention, so no head was told apart.</p>
                </Empty>
            )}
            {map !== null && <HeadMapView map={map} id={id} />}
        </>
    );
}

function mostError(map: HeadMap): number {
    let most = map.headErrors ? 0 : Math.max(0, ...map.layerErrors);
    for (let step = 0; step < map.steps; step++) {
        for (let layer = 0; layer < map.layers; layer++) {
            for (let branch = 0; branch < map.branches; branch++) {
                for (let head = 0; head < map.heads; head++) {
                    most = Math.max(most, map.cell(step, branch, layer, head).error ?? 0);
                }
            }
        }
    }
    return most || 1;
}

function HeadMapView({ map, id }: { map: HeadMap; id: string }) {
    const [step, setStep] = useState(Math.min(map.steps - 1, Math.floor(map.steps / 2)));
    const [branch, setBranch] = useState(map.branches - 1);
    const [mode, setMode] = useState<HeadMode>('kind');
    const [view, setView] = useState<'map' | 'table'>('map');
    const [place, setPlace] = useState<Place | null>(null);
    const [chosen, setChosen] = useState<Place | null>(null);
    const box = useRef<HTMLDivElement>(null);
    const most = useMemo(() => mostError(map), [map]);
    useEffect(() => setPlace(null), [view]);
    const shown = place ?? chosen;
    const error = map.stepErrors[step];
    return (
        <div class="heads" ref={box}>
            <div class="toolbar">
                <Segments
                    label="Colour"
                    name="heads-mode"
                    value={mode}
                    options={[
                        ['kind', 'Kind'],
                        ['density', 'Density'],
                        ...(map.headErrors || map.layerErrors.length > 0 ? ([['error', 'Error']] as const) : []),
                    ]}
                    onChange={(value) => setMode(value as HeadMode)}
                />
                {map.branches > 1 && (
                    <Segments
                        label="Branch of guidance"
                        name="heads-branch"
                        value={String(branch)}
                        options={[
                            ['0', 'Without prompt'],
                            ['1', 'With prompt'],
                        ]}
                        onChange={(value) => setBranch(Number(value))}
                    />
                )}
                <Segments
                    label="View"
                    name="heads-view"
                    value={view}
                    options={[
                        ['map', 'Map'],
                        ['table', 'Table'],
                    ]}
                    onChange={(value) => setView(value as 'map' | 'table')}
                />
                <div class="actions">
                    {view === 'map' && (
                        <button
                            type="button"
                            class="button small"
                            onClick={() =>
                                box.current
                                    ?.querySelector('canvas')
                                    ?.toBlob((blob) => blob && saveAs(blob, `${id}-heads-${step}.png`))
                            }
                        >
                            Save PNG
                        </button>
                    )}
                    <button
                        type="button"
                        class="button small"
                        onClick={() =>
                            saveAs(new Blob([headsCsv(map)], { type: 'text/csv' }), `${id}-heads.csv`)
                        }
                    >
                        Save CSV
                    </button>
                </div>
            </div>
            <label class="field step-slider">
                <span>
                    Step <span class="number">{step}</span>
                    <span class="muted">
                        {' '}
                        of {map.steps}
                        {error !== null && error !== undefined && `, error ${error.toPrecision(2)}`}
                    </span>
                </span>
                <Shares map={map} branch={branch} step={step} onStep={setStep} />
                <input
                    type="range"
                    min={0}
                    max={map.steps - 1}
                    value={step}
                    onInput={(event) => setStep(Number(event.currentTarget.value))}
                />
            </label>
            {view === 'map' ? (
                <div class="map-and-words">
                    <MapCanvas
                        map={map}
                        step={step}
                        branch={branch}
                        mode={mode}
                        most={most}
                        place={shown}
                        label={`Map of ${map.layers} layers by ${map.heads} heads at step ${step}`}
                        onPlace={setPlace}
                        onChoose={setChosen}
                    />
                    <div class="map-words">
                        {mode === 'kind' ? (
                            <Legend map={map} branch={branch} step={step} />
                        ) : (
                            <Scale mode={mode} most={most} ofHeads={map.headErrors} />
                        )}
                        <p id="readout" class="readout" aria-live="polite">
                            {shown === null
                                ? 'Point at a cell, or move over the map with the arrow keys. A click or Enter shows a head over all steps. Layers go down, heads go right.'
                                : `Layer ${shown.layer}, head ${shown.head}: ${cellWords(map.cell(step, branch, shown.layer, shown.head))}${layerError(map, shown.layer)}`}
                        </p>
                        {chosen !== null && (
                            <History map={map} branch={branch} place={chosen} step={step} onStep={setStep} />
                        )}
                    </div>
                </div>
            ) : (
                <HeadTable map={map} branch={branch} step={step} />
            )}
        </div>
    );
}

function layerError(map: HeadMap, layer: number): string {
    const error = map.layerErrors[layer];
    return error === undefined ? '' : `; its layer has an error of ${error.toPrecision(2)}`;
}

interface SegmentsProps {
    label: string;
    name: string;
    value: string;
    options: readonly (readonly [string, string])[];
    onChange: (value: string) => void;
}

function Segments({ label, name, value, options, onChange }: SegmentsProps) {
    return (
        <div class="segments" role="radiogroup" aria-label={label}>
            {options.map(([key, text]) => (
                <label key={key}>
                    <input type="radio" name={name} checked={key === value} onChange={() => onChange(key)} />
                    <span>{text}</span>
                </label>
            ))}
        </div>
    );
}
