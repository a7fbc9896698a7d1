import { useEffect, useRef } from 'preact/hooks';
import type { HeadMap } from '../../logic/heads.ts';
import { theme } from '../../state/prefs.ts';
import { colourOf, coloursOf, type HeadMode } from './colours.ts';

export interface Place {
    layer: number;
    head: number;
}

interface Props {
    map: HeadMap;
    step: number;
    branch: number;
    mode: HeadMode;
    most: number;
    place: Place | null;
    label: string;
    onPlace: (place: Place | null) => void;
    onChoose: (place: Place) => void;
}

const MOST_CELL = 44;
const LEAST_CELL = 7;
const GUTTER = 26;
/** What the words beside the map need at least. */
const WORDS = 310;

/** Layers by heads at one step. Arrows move the mark, Enter shows the head's history. */
export function MapCanvas(props: Props) {
    const { map, step, branch, mode, most, place } = props;
    const box = useRef<HTMLDivElement>(null);
    const canvas = useRef<HTMLCanvasElement>(null);
    const cell = useRef(LEAST_CELL);
    // Where the last key has brought the mark: keys may come faster than the map is drawn.
    const mark = useRef(place);
    mark.current = place;

    const draw = () => {
        if (box.current === null || canvas.current === null) {
            return;
        }
        const row = box.current.parentElement?.clientWidth ?? 0;
        const beside = row > 760 ? WORDS : 0;
        const room = Math.floor((row - beside - GUTTER) / map.heads);
        cell.current = Math.max(LEAST_CELL, Math.min(MOST_CELL, room, Math.floor(560 / map.layers)));
        drawMap(canvas.current, props, cell.current);
    };
    useEffect(draw, [map, step, branch, mode, most, place, theme.value]);
    useEffect(() => {
        const watcher = new ResizeObserver(draw);
        if (box.current !== null) {
            watcher.observe(box.current.parentElement ?? box.current);
        }
        const dark = matchMedia('(prefers-color-scheme: dark)');
        dark.addEventListener('change', draw);
        return () => {
            watcher.disconnect();
            dark.removeEventListener('change', draw);
        };
    });

    const placeAt = (event: PointerEvent | MouseEvent): Place | null => {
        const edge = canvas.current?.getBoundingClientRect();
        if (edge === undefined) {
            return null;
        }
        const head = Math.floor((event.clientX - edge.left - GUTTER) / cell.current);
        const layer = Math.floor((event.clientY - edge.top - GUTTER) / cell.current);
        const inside = head >= 0 && head < map.heads && layer >= 0 && layer < map.layers;
        return inside ? { layer, head } : null;
    };
    const key = (event: KeyboardEvent) => {
        const at = mark.current ?? { layer: 0, head: 0 };
        const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
        if (by !== undefined) {
            event.preventDefault();
            const clamp = (value: number, count: number) => Math.min(count - 1, Math.max(0, value));
            mark.current = {
                layer: clamp(at.layer + (by[0] ?? 0), map.layers),
                head: clamp(at.head + (by[1] ?? 0), map.heads),
            };
            props.onPlace(mark.current);
        } else if (event.key === 'Enter' || event.key === ' ') {
            event.preventDefault();
            props.onChoose(at);
        }
    };
    return (
        <div class="map-box" ref={box}>
            <canvas
                ref={canvas}
                role="img"
                tabIndex={0}
                aria-label={props.label}
                aria-describedby="readout"
                onPointerMove={(event) => props.onPlace(placeAt(event))}
                onPointerLeave={() => props.onPlace(null)}
                onClick={(event) => {
                    const chosen = placeAt(event);
                    if (chosen !== null) {
                        props.onChoose(chosen);
                    }
                }}
                onKeyDown={key}
            />
        </div>
    );
}

function drawMap(canvas: HTMLCanvasElement, props: Props, size: number): void {
    const { map, step, branch, mode, most, place } = props;
    const scale = devicePixelRatio;
    const width = GUTTER + map.heads * size + 1;
    const height = GUTTER + map.layers * size + 1;
    canvas.width = Math.ceil(width * scale);
    canvas.height = Math.ceil(height * scale);
    canvas.style.setProperty('width', `${width}px`);
    canvas.style.setProperty('height', `${height}px`);
    const context = canvas.getContext('2d');
    if (context === null) {
        return;
    }
    const colours = coloursOf(canvas);
    context.scale(scale, scale);
    context.fillStyle = colours.ground;
    context.fillRect(0, 0, width, height);
    const gap = size > 12 ? 2 : 1;
    for (let layer = 0; layer < map.layers; layer++) {
        for (let head = 0; head < map.heads; head++) {
            const cell = map.cell(step, branch, layer, head);
            context.fillStyle = colourOf(cell, map.layerErrors[layer], mode, most, colours);
            context.fillRect(GUTTER + head * size, GUTTER + layer * size, size - gap, size - gap);
        }
    }
    drawNumbers(context, map, size, colours.ink);
    if (place !== null) {
        context.strokeStyle = colours.ink;
        context.lineWidth = 2;
        context.strokeRect(
            GUTTER + place.head * size - gap / 2,
            GUTTER + place.layer * size - gap / 2,
            size,
            size,
        );
    }
}

/** Numbers of layers and heads, as many as find room. */
function drawNumbers(context: CanvasRenderingContext2D, map: HeadMap, cell: number, ink: string): void {
    context.fillStyle = ink;
    context.font = '11px system-ui, sans-serif';
    context.textBaseline = 'middle';
    const every = Math.max(1, Math.ceil(18 / cell));
    context.textAlign = 'right';
    for (let layer = 0; layer < map.layers; layer += every) {
        context.fillText(String(layer), GUTTER - 6, GUTTER + layer * cell + cell / 2);
    }
    context.textAlign = 'center';
    for (let head = 0; head < map.heads; head += every) {
        context.fillText(String(head), GUTTER + head * cell + cell / 2, GUTTER / 2 + 2);
    }
}
