import type { Values } from '../api/types.ts';

/** The same request in three languages. A picture's bytes are not in it; its file name is. */
export interface Asked {
    values: Values;
    /** Of this service, without `/v1`. */
    base: string;
    /** Whether the service asks for a key. */
    key: boolean;
    picture: string | null;
}

/** A text as one word of a POSIX shell. */
export function shellWord(text: string): string {
    return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A text as Python has it. JSON's escapes are Python's as well, but for astral characters. */
export function pythonText(text: string): string {
    return JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

export function curl(asked: Asked): string {
    const lines = [`curl ${shellWord(`${asked.base}/v1/videos`)}`];
    if (asked.key) {
        lines.push('-H "Authorization: Bearer $SVGEN_API_KEY"');
    }
    if (asked.picture === null) {
        lines.push("-H 'Content-Type: application/json'");
        lines.push(`-d ${shellWord(json(asked.values))}`);
    } else {
        for (const [name, value] of Object.entries(asked.values)) {
            // --form-string takes what begins with @ or < as it is.
            lines.push(`--form-string ${shellWord(`${name}=${value}`)}`);
        }
        lines.push(`-F ${shellWord(`input_reference=@"${formName(asked.picture)}"`)}`);
    }
    return lines.join(' \\\n  ');
}

/** A file's name within curl's double quotes. */
function formName(name: string): string {
    return name.replace(/[\\"]/g, (c) => `\\${c}`);
}

/** JSON with whole numbers of any length, which the page keeps as texts. */
function json(values: Values): string {
    const fields = Object.entries(values).map(([name, value]) => {
        const number = name === 'seed' && /^-?\d+$/.test(String(value));
        return `${JSON.stringify(name)}: ${number ? String(value) : JSON.stringify(value)}`;
    });
    return `{${fields.join(', ')}}`;
}

const OPENAI = new Set(['prompt', 'model', 'size', 'seconds']);

export function python(asked: Asked): string {
    const key = asked.key ? 'os.environ["SVGEN_API_KEY"]' : '"none"';
    const lines = [
        ...(asked.key ? ['import os', ''] : []),
        'from openai import OpenAI',
        '',
        `client = OpenAI(base_url=${pythonText(`${asked.base}/v1`)}, api_key=${key})`,
        'video = client.videos.create_and_poll(',
    ];
    const extra: string[] = [];
    for (const [name, value] of Object.entries(asked.values)) {
        if (OPENAI.has(name)) {
            lines.push(`    ${name}=${pythonText(String(value))},`);
        } else {
            extra.push(`${pythonText(name)}: ${pythonValue(name, value)}`);
        }
    }
    if (asked.picture !== null) {
        lines.push(`    input_reference=open(${pythonText(asked.picture)}, "rb"),`);
    }
    if (extra.length > 0) {
        lines.push(`    extra_body={${extra.join(', ')}},`);
    }
    lines.push(')');
    lines.push('client.videos.download_content(video.id).write_to_file("video.mp4")');
    return lines.join('\n');
}

function pythonValue(name: string, value: unknown): string {
    if (typeof value === 'boolean') {
        return value ? 'True' : 'False';
    }
    if (typeof value === 'number' || (name === 'seed' && /^-?\d+$/.test(String(value)))) {
        return String(value);
    }
    return pythonText(String(value));
}

/** What the command calls a field, by what the service calls it. */
const OPTIONS: Record<string, string> = {
    num_frames: 'frames',
    num_inference_steps: 'steps',
    guidance_scale: 'guidance',
    guidance_scale_2: 'guidance-2',
};

/** Fields of the service that the command has no option for. */
const NOT_IN_COMMAND = new Set(['seconds', 'priority', 'metadata', 'webhook_url']);

export function command(asked: Asked): string {
    const prompt = String(asked.values['prompt'] ?? '');
    const lines = [prompt.startsWith('-') ? 'svgen generate' : `svgen generate ${shellWord(prompt)}`];
    for (const [name, value] of Object.entries(asked.values)) {
        if (name === 'prompt' || NOT_IN_COMMAND.has(name)) {
            continue;
        }
        const option = OPTIONS[name] ?? name.replaceAll('_', '-');
        if (name === 'size') {
            const [width, height] = String(value).split('x');
            lines.push(`--width ${width} --height ${height}`);
        } else if (typeof value === 'boolean') {
            lines.push(value ? `--${option}` : `--no-${option}`);
        } else {
            const word = shellWord(String(value));
            lines.push(word.startsWith('-') ? `--${option}=${word}` : `--${option} ${word}`);
        }
    }
    if (asked.picture !== null) {
        lines.push(`--image ${shellWord(asked.picture)}`);
    }
    if (prompt.startsWith('-')) {
        lines.push(`-- ${shellWord(prompt)}`);
    }
    return lines.join(' \\\n  ');
}
