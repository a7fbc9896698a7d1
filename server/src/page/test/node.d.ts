// The little of node's own types that the tests use.
declare module 'node:test' {
    export function test(name: string, body: () => void | Promise<void>): void;
}

declare module 'node:assert/strict' {
    interface Assert {
        equal(actual: unknown, expected: unknown): void;
        deepEqual(actual: unknown, expected: unknown): void;
        ok(value: unknown): void;
        rejects(promise: Promise<unknown>, check: (error: never) => boolean): Promise<void>;
        match(actual: string, pattern: RegExp): void;
    }
    const assert: Assert;
    export default assert;
}

declare module 'node:child_process' {
    export function execFileSync(file: string, args: string[], options: { encoding: 'utf8' }): string;
}
