import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { command, curl, python, shellWord, type Asked } from '../src/logic/snippets.ts';

const HARD = `it's "quoted", $HOME \`id\` \\ and\nnew; é 🎬`;

function asked(more: Partial<Asked> = {}): Asked {
    return {
        values: { model: 'demo', prompt: HARD, num_inference_steps: 8, size: '160x96', seed: '18446744073709551615', dynamic_guidance: false },
        base: 'http://127.0.0.1:8080',
        key: true,
        picture: null,
        ...more,
    };
}

/** What a shell hands to a program, argument by argument. */
function words(script: string): string[] {
    const program = script.replace(/^(curl|svgen)/, "printf '%s\\0'");
    return execFileSync('/bin/sh', ['-c', `SVGEN_API_KEY=secret; ${program}`], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

test('a shell reads back every text', () => {
    for (const text of [HARD, '', "'", '-n', '*', 'a b', '~', '!!', '#x']) {
        assert.deepEqual(words(`curl ${shellWord(text)}`), [text]);
    }
});

test('curl sends the request as JSON, with all digits of the seed', () => {
    const args = words(curl(asked()));
    assert.equal(args[0], 'http://127.0.0.1:8080/v1/videos');
    assert.ok(args.includes('Authorization: Bearer secret'));
    const body = args[args.indexOf('-d') + 1] ?? '';
    assert.equal(JSON.parse(body).prompt, HARD);
    assert.match(body, /"seed": 18446744073709551615[,}]/);
});

test('curl sends a picture as a form, and takes no prompt for a file', () => {
    const values = { prompt: '@/etc/passwd', num_frames: 9 };
    const args = words(curl(asked({ values, picture: 'my "first" frame.png', key: false })));
    assert.equal(args[args.indexOf('--form-string') + 1], 'prompt=@/etc/passwd');
    assert.equal(args[args.indexOf('-F') + 1], 'input_reference=@"my \\"first\\" frame.png"');
    assert.ok(!args.some((arg) => arg.includes('Authorization')));
});

test('the command has its own names of the fields', () => {
    const args = words(command(asked()));
    assert.deepEqual(args, [
        'generate', HARD, '--model', 'demo', '--steps', '8', '--width', '160', '--height', '96',
        '--seed', '18446744073709551615', '--no-dynamic-guidance',
    ]);
});

test('a prompt with a dash goes behind all options, and a negative number stays one word', () => {
    const args = words(command(asked({ values: { prompt: '--help', seed: -5 } })));
    assert.deepEqual(args, ['generate', '--seed=-5', '--', '--help']);
});

test('Python gets fields of OpenAI by name and others in extra_body', () => {
    const script = python(asked({ key: false, picture: "o'clock.png" }));
    assert.match(script, /OpenAI\(base_url="http:\/\/127\.0\.0\.1:8080\/v1", api_key="none"\)/);
    assert.match(script, /^ {4}size="160x96",$/m);
    assert.match(script, /extra_body=\{"num_inference_steps": 8, "seed": 18446744073709551615, "dynamic_guidance": False\}/);
    assert.match(script, /open\("o'clock\.png", "rb"\)/);
    assert.match(python(asked()), /os\.environ\["SVGEN_API_KEY"\]/);
});
