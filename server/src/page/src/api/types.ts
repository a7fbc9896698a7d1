/** What the service answers, as far as this page reads it. Keys may be missing and may be added. */

export type Status = 'queued' | 'in_progress' | 'completed' | 'failed';

export interface Receipt {
    attention?: string;
    density_kept?: number | null;
    eight_bits?: number | null;
    checked_heads?: number | null;
    checked_steps?: number | null;
    estimated_error?: number | null;
    max_error?: number | null;
    psnr_estimate_db?: number | null;
    verdict?: 'ok' | 'degraded' | 'unchecked';
}

export interface Sheet {
    columns: number;
    rows: number;
    count: number;
}

export interface Job {
    id: string;
    object: 'video';
    model: string;
    status: Status;
    progress: number;
    created_at: number;
    started_at?: number | null;
    completed_at: number | null;
    expires_at: number | null;
    size: string;
    seconds: string;
    prompt: string | null;
    remixed_from_video_id: string | null;
    error: { code: string; message: string } | null;
    seed?: number | string | null;
    num_frames?: number | null;
    fps?: number | null;
    priority?: number;
    queue_position?: number | null;
    eta_seconds?: number | null;
    attempts?: number;
    warnings?: string[];
    settings?: Values;
    stage_durations?: Record<string, number> | null;
    inference_time_s?: number | null;
    peak_memory_mb?: number | null;
    recipe_hash?: string | null;
    /** Null once the video is gone, after its time or for room. */
    url?: string | null;
    quality?: Receipt | null;
    spritesheet?: Sheet | null;
}

/** Fields of a request by the names of the service. */
export type Values = Record<string, unknown>;

export interface Model {
    id: string;
    object: 'model';
    task?: string;
    sizes?: string[];
    defaults?: Values;
    licence?: string | null;
    examples?: string[];
    prompts?: string[];
    /** By the fields that bring them. */
    pictures?: { input_reference?: PictureUse; last_image?: PictureUse };
}

export type PictureUse = 'none' | 'optional' | 'required';

/** What the service says of itself. */
export interface Server {
    version?: string;
    devices?: Device[];
}

export interface Device {
    id: string;
    backend: string | null;
    name: string | null;
    memory_bytes: number | null;
    ready: boolean;
    reason: string | null;
}

export interface Page<T> {
    data: T[];
    first_id?: string | null;
    last_id?: string | null;
    has_more?: boolean;
}

export interface Plan {
    feasible: boolean;
    reason?: string | null;
    alternatives?: (string | { text?: string; settings?: Values })[];
    tokens?: number;
    prompt_tokens?: number;
    prompt_tokens_limit?: number;
    seconds_estimate?: number | null;
    seconds_low?: number | null;
    seconds_high?: number | null;
    peak_memory_bytes?: number | null;
    disk_bytes?: number | null;
    queue?: { position?: number | null; wait_seconds?: number | null };
    warnings?: string[];
}

export interface Queue {
    paused: boolean;
    queued: string[];
    running: string[];
}

export interface Progress {
    step?: number;
    steps?: number;
    progress?: number;
    stage?: string;
    stage_progress?: number;
    eta_seconds?: number | null;
    density?: number | null;
}

export interface ReportStep {
    index: number;
    density: number;
    heads: string[];
    widths?: string[];
    error?: number | null;
    head_errors?: number[][];
    reused?: boolean;
    seconds?: number;
}

/** The report that the command writes too; the service may wrap it. */
export interface Report {
    recipe?: Values;
    report?: ReportBody;
}

export interface ReportBody {
    device?: string;
    steps: ReportStep[];
    density?: number;
    widths?: number[];
    receipt?: { error?: number | null; layers?: number[]; bound?: number | null };
}
