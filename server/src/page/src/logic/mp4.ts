/** Where a part of a file can be read from: a `File`, say. */
export interface Source {
    readonly size: number;
    slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

interface Box {
    type: string;
    /** Of the content, behind the head. */
    start: number;
    end: number;
}

/** No index of ours comes near; a file that says more is not worth reading. */
const MOST_INDEX_BYTES = 64 << 20;

/** Texts that an MP4 has of itself: `title` and `comment`, as far as they are there. */
export interface Mp4Texts {
    title?: string;
    comment?: string;
}

/**
 * Reads the texts of an MP4 (moov/udta/meta/ilst: ISO 14496-12, and Apple's list of items) without
 * reading its frames. None, if it is no MP4.
 */
export async function mp4Texts(file: Source): Promise<Mp4Texts> {
    for (let at = 0; at + 8 <= file.size; ) {
        const head = new DataView(await file.slice(at, Math.min(at + 16, file.size)).arrayBuffer());
        const box = boxAt(head, 0, file.size - at);
        if (box === null) {
            return {};
        }
        if (box.type === 'moov' && box.end - box.start <= MOST_INDEX_BYTES) {
            const moov = await file.slice(at + box.start, at + box.end).arrayBuffer();
            return textsOf(new DataView(moov));
        }
        at += box.end;
    }
    return {};
}

function textsOf(moov: DataView): Mp4Texts {
    const udta = child(moov, 0, moov.byteLength, 'udta');
    const meta = udta && child(moov, udta.start, udta.end, 'meta');
    const list = meta && child(moov, meta.start + 4, meta.end, 'ilst');
    if (!list) {
        return {};
    }
    const title = text(moov, list, '\u00a9nam');
    const comment = text(moov, list, '\u00a9cmt');
    return { ...(title !== null && { title }), ...(comment !== null && { comment }) };
}

function text(view: DataView, list: Box, name: string): string | null {
    const item = child(view, list.start, list.end, name);
    const data = item && child(view, item.start, item.end, 'data');
    if (!data || data.end - data.start < 8) {
        return null;
    }
    // Type and locale come first: 1 is UTF-8.
    const bytes = new Uint8Array(view.buffer, view.byteOffset + data.start + 8, data.end - data.start - 8);
    return view.getUint32(data.start) === 1 ? new TextDecoder().decode(bytes) : null;
}

function child(view: DataView, start: number, end: number, type: string): Box | null {
    for (let at = start; at + 8 <= end; ) {
        const box = boxAt(view, at, end - at);
        if (box === null || box.type === type) {
            return box;
        }
        at = box.end;
    }
    return null;
}

/** The box at a place of which `left` bytes are left; null where none can be. */
function boxAt(view: DataView, at: number, left: number): Box | null {
    if (at + 8 > view.byteLength) {
        return null;
    }
    const type = String.fromCharCode(...[4, 5, 6, 7].map((i) => view.getUint8(at + i)));
    let size = view.getUint32(at);
    let head = 8;
    if (size === 1 && at + 16 <= view.byteLength) {
        size = Number(view.getBigUint64(at + 8));
        head = 16;
    } else if (size === 0) {
        size = left;
    }
    return size < head || size > left ? null : { type, start: at + head, end: at + size };
}
