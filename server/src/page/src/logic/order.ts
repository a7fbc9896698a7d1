/** A list in which one entry stands elsewhere. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
    const left = [...list];
    const [entry] = left.splice(from, 1);
    if (entry !== undefined) {
        left.splice(Math.max(0, Math.min(to, left.length)), 0, entry);
    }
    return left;
}

/** What to ask of the service so that `id` stands where it stands in `list`; null if it is alone. */
export function placeOf(list: readonly string[], id: string): { before: string } | { after: string } | null {
    const at = list.indexOf(id);
    const next = list[at + 1];
    const previous = list[at - 1];
    if (next !== undefined) {
        return { before: next };
    }
    return previous === undefined ? null : { after: previous };
}
