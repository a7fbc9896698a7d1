import { psnr, ssim, type Picture } from '../../logic/measure.ts';
import { timeOf } from '../../logic/frames.ts';
import { seekTo } from './player.ts';

export interface Measured {
    psnr: number;
    ssim: number;
}

const MOST_WIDTH = 480;

/**
 * Compares two clips frame by frame, in elements of its own, so that the page's clips stay free.
 *
 * @param onFrame told of each frame, in order
 */
export async function measure(
    urls: [string, string],
    fps: number,
    count: number,
    stop: AbortSignal,
    onFrame: (measured: Measured) => void,
): Promise<void> {
    const videos = urls.map(hidden) as [HTMLVideoElement, HTMLVideoElement];
    try {
        for (let frame = 0; frame < count && !stop.aborted; frame++) {
            await Promise.all(videos.map((video) => seekTo(video, timeOf(frame, fps))));
            const [a, b] = videos.map((video) => pixels(video, videos[0])) as [Picture, Picture];
            if (!stop.aborted) {
                onFrame({ psnr: psnr(a, b), ssim: ssim(a, b) });
            }
        }
    } finally {
        for (const video of videos) {
            video.removeAttribute('src');
            video.load();
        }
    }
}

function hidden(url: string): HTMLVideoElement {
    const video = document.createElement('video');
    video.muted = true;
    video.preload = 'auto';
    video.src = url;
    return video;
}

/** The frame that shows, at most so wide: large clips are measured at a smaller size. */
function pixels(video: HTMLVideoElement, first: HTMLVideoElement): Picture {
    const scale = Math.min(1, MOST_WIDTH / first.videoWidth);
    const width = Math.max(8, Math.round(first.videoWidth * scale));
    const height = Math.max(8, Math.round(first.videoHeight * scale));
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (context === null) {
        throw new Error('This browser draws no pictures off screen.');
    }
    context.drawImage(video, 0, 0, width, height);
    return context.getImageData(0, 0, width, height);
}
