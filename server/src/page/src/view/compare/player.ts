import { signal } from '@preact/signals';
import { frameAt, timeOf } from '../../logic/frames.ts';

/** Of a frame: from here on the second clip is nudged, and from there on it is set. */
const NUDGE = 0.1;
const SET = 0.7;
const NUDGED_RATE = 0.08;

/** Two clips on one transport. The second follows the first, frame by frame. */
export class Player {
    readonly frame = signal(0);
    readonly playing = signal(false);

    private readonly stop = new AbortController();

    /**
     * @param onFrame told after either clip shows another frame
     */
    constructor(
        private readonly a: HTMLVideoElement,
        private readonly b: HTMLVideoElement,
        private readonly fps: number,
        readonly count: number,
        private readonly onFrame: () => void,
    ) {
        this.watch(a);
        this.watch(b);
        for (const video of [a, b]) {
            video.addEventListener('ended', () => void this.again(), { signal: this.stop.signal });
            video.addEventListener('seeked', this.onFrame, { signal: this.stop.signal });
            video.addEventListener('loadeddata', this.onFrame, { signal: this.stop.signal });
        }
    }

    async play(): Promise<void> {
        const from = this.frame.value >= this.count - 1 ? 0 : this.frame.value;
        this.playing.value = true;
        await this.seek(from);
        if (!this.playing.value) {
            return;
        }
        this.b.playbackRate = 1;
        try {
            await Promise.all([this.a.play(), this.b.play()]);
        } catch {
            this.pause(); // closed or interrupted
        }
    }

    pause(): void {
        this.playing.value = false;
        this.a.pause();
        this.b.pause();
        this.b.playbackRate = 1;
        void this.seek(this.frame.value);
    }

    toggle(): void {
        if (this.playing.value) {
            this.pause();
        } else {
            void this.play();
        }
    }

    step(by: number): void {
        if (this.playing.value) {
            this.pause();
        }
        void this.seek(this.frame.value + by);
    }

    /** Sets both clips to the same frame; done when both show it. */
    async seek(frame: number): Promise<void> {
        const to = Math.min(Math.max(0, frame), this.count - 1);
        this.frame.value = to;
        await Promise.all([this.a, this.b].map((video) => seekTo(video, timeOf(to, this.fps))));
        // A clip may say that it is there before its picture can be drawn.
        requestAnimationFrame(() => this.stop.signal.aborted || this.onFrame());
    }

    close(): void {
        this.playing.value = false;
        this.stop.abort();
        this.a.pause();
        this.b.pause();
    }

    private async again(): Promise<void> {
        if (!this.playing.value) {
            return;
        }
        this.a.pause();
        this.b.pause();
        this.frame.value = this.count - 1;
        await this.play();
    }

    private watch(video: HTMLVideoElement): void {
        const shown = (_: number, { mediaTime }: VideoFrameCallbackMetadata) => {
            if (this.stop.signal.aborted) {
                return;
            }
            if (this.playing.value) {
                this.align();
                if (video === this.a) {
                    this.frame.value = frameAt(mediaTime, this.fps, this.count);
                }
            }
            this.onFrame();
            video.requestVideoFrameCallback(shown);
        };
        video.requestVideoFrameCallback(shown);
    }

    /** Small differences are made up for by pace, which nobody sees; large ones by a seek. */
    private align(): void {
        const ahead = (this.b.currentTime - this.a.currentTime) * this.fps;
        if (Math.abs(ahead) > SET && !this.b.seeking) {
            this.b.currentTime = this.a.currentTime;
        }
        const pace = Math.abs(ahead) > NUDGE ? 1 - Math.sign(ahead) * NUDGED_RATE : 1;
        if (this.b.playbackRate !== pace) {
            this.b.playbackRate = pace;
        }
    }
}

/** Done when the frame at that time is decoded. */
export async function seekTo(video: HTMLVideoElement, time: number): Promise<void> {
    if (video.readyState < HTMLMediaElement.HAVE_METADATA) {
        await new Promise<void>((resolve, reject) => {
            video.addEventListener('loadedmetadata', () => resolve(), { once: true });
            video.addEventListener('error', () => reject(new Error('The video cannot be read.')), {
                once: true,
            });
        });
    }
    if (Math.abs(video.currentTime - time) < 1e-4 && !video.seeking && video.readyState >= 2) {
        return;
    }
    await new Promise<void>((resolve) => {
        video.addEventListener('seeked', () => resolve(), { once: true });
        video.currentTime = time;
    });
}
