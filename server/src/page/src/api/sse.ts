/** One event of a `text/event-stream`. */
export interface ServerEvent {
    id: string;
    event: string;
    data: string;
}

/** Takes a stream's text in pieces of any length and hands out whole events. */
export class EventParser {
    /** The newest id, which a new connection goes on from. */
    lastId = '';
    /** Milliseconds to wait before a new connection, if the service said so. */
    retry: number | undefined;

    private rest = '';
    private started = false;
    private event = '';
    private data: string[] = [];

    constructor(private readonly onEvent: (event: ServerEvent) => void) {}

    push(text: string): void {
        let piece = this.rest + text;
        if (!this.started && piece.length > 0) {
            piece = piece.replace(/^\uFEFF/, '');
            this.started = true;
        }
        // A return at the end may be the first half of a line's end.
        const held = piece.endsWith('\r') ? '\r' : '';
        const lines = piece.slice(0, piece.length - held.length).split(/\r\n|\r|\n/);
        this.rest = (lines.pop() ?? '') + held;
        for (const line of lines) {
            this.line(line);
        }
    }

    private line(line: string): void {
        if (line === '') {
            this.flush();
            return;
        }
        const colon = line.indexOf(':');
        if (colon === 0) {
            return; // a comment, which keeps the connection open
        }
        const field = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
        switch (field) {
            case 'event':
                this.event = value;
                break;
            case 'data':
                this.data.push(value);
                break;
            case 'id':
                if (!value.includes('\0')) {
                    this.lastId = value;
                }
                break;
            case 'retry':
                if (/^\d+$/.test(value)) {
                    this.retry = Number(value);
                }
                break;
        }
    }

    private flush(): void {
        if (this.data.length > 0) {
            this.onEvent({
                id: this.lastId,
                event: this.event || 'message',
                data: this.data.join('\n'),
            });
        }
        this.event = '';
        this.data = [];
    }
}
