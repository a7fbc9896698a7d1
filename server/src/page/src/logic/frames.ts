/** A length to choose: so many frames. */
export interface Length {
    frames: number;
    seconds: number;
}

/**
 * Lengths to offer around a model's own: a quarter, a half, all and one and a half of it, on the
 * grid of the video autoencoders, which is one frame and then groups of four.
 */
export function lengths(own: number, fps: number): Length[] {
    const counts = [0.25, 0.5, 1].map((share) => (share === 1 ? own : onGrid(own * share)));
    return [...new Set(counts)].map((frames) => ({ frames, seconds: frames / fps }));
}

function onGrid(frames: number): number {
    return Math.max(1, Math.round((frames - 1) / 4)) * 4 + 1;
}

/** The frame that shows at a time, from 0. A thousandth forgives rounding of the container. */
export function frameAt(seconds: number, fps: number, count: number): number {
    return Math.min(Math.max(0, count - 1), Math.max(0, Math.floor(seconds * fps + 1e-3)));
}

/** A time in the middle of a frame, where a seek cannot fall on its neighbour. */
export function timeOf(frame: number, fps: number): number {
    return (frame + 0.5) / fps;
}
