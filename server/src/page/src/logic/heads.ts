import type { Report, ReportBody, ReportStep } from '../api/types.ts';

export type Kind = 'spatial' | 'temporal' | 'dense' | 'warm-up' | 'reused';

/** One head of one layer at one step in one branch of guidance. */
export interface Cell {
    kind: Kind;
    /** Share of query-key pairs that it keeps; 1 is dense, 0 was not computed. */
    density: number;
    /** Against dense attention; null where nothing was measured of this head. */
    error: number | null;
}

/** What sparse attention decided in a run: cells by step, branch, layer, head. */
export interface HeadMap {
    steps: number;
    branches: number;
    layers: number;
    heads: number;
    /** Error of each step and of each layer, where it was measured. */
    stepErrors: (number | null)[];
    layerErrors: number[];
    /** Whether the report has an error for each head. */
    headErrors: boolean;
    cell(step: number, branch: number, layer: number, head: number): Cell;
}

const KINDS: Record<string, Kind> = { s: 'spatial', t: 'temporal', d: 'dense' };

/** The body of a report, be it wrapped as the command writes it or not. */
export function reportBody(report: Report | ReportBody): ReportBody | null {
    if ('steps' in report && Array.isArray(report.steps)) {
        return report;
    }
    return 'report' in report && report.report !== undefined ? report.report : null;
}

/** The map; null if all attention was dense, so that there is nothing to tell heads apart by. */
export function headMap(body: ReportBody): HeadMap | null {
    const said = body.steps.flatMap((step) => step.heads.filter((text) => text !== ''));
    const first = said[0];
    if (first === undefined) {
        return null;
    }
    const branches = Math.max(...said.map((text) => text.split(' ').length));
    const heads = first.split(' ')[0]?.length ?? 0;
    const layers = Math.max(...body.steps.map((step) => step.heads.length));
    return {
        steps: body.steps.length,
        branches,
        layers,
        heads,
        stepErrors: body.steps.map((step) => step.error ?? null),
        layerErrors: body.receipt?.layers ?? [],
        headErrors: body.steps.some((step) => step.head_errors !== undefined),
        cell: (step, branch, layer, head) =>
            cellOf(body, body.steps[step], branch * (heads + 1) + head, layer),
    };
}

/** @param at place of the letter in a layer's text */
function cellOf(body: ReportBody, step: ReportStep | undefined, at: number, layer: number): Cell {
    if (step === undefined || step.reused === true) {
        return { kind: 'reused', density: 0, error: null };
    }
    const letter = step.heads[layer]?.[at];
    if (letter === undefined) {
        return { kind: 'warm-up', density: 1, error: 0 };
    }
    const kind = KINDS[letter] ?? 'dense';
    const width = step.widths?.[layer]?.[at];
    const widths = body.widths ?? [];
    // A digit, or a letter from a: the place in the report's widths. One width has no letters.
    const place = width === undefined ? 0 : parseInt(width, 36);
    const density = kind === 'dense' ? 1 : (widths[place] ?? step.density);
    return { kind, density, error: step.head_errors?.[layer]?.[at] ?? null };
}

/** All cells as CSV, one a line (RFC 4180's form, with line feeds). */
export function headsCsv(map: HeadMap): string {
    const lines = ['step,branch,layer,head,kind,density,error'];
    for (let step = 0; step < map.steps; step++) {
        for (let branch = 0; branch < map.branches; branch++) {
            for (let layer = 0; layer < map.layers; layer++) {
                for (let head = 0; head < map.heads; head++) {
                    const { kind, density, error } = map.cell(step, branch, layer, head);
                    lines.push([step, branch, layer, head, kind, density, error ?? ''].join(','));
                }
            }
        }
    }
    return `${lines.join('\n')}\n`;
}
