/** Arrow keys go from card to card in a grid, however many columns it has now. */
export function moveFocus(event: KeyboardEvent, grid: HTMLElement | null): void {
    const card = (event.target as Element).closest('.card');
    if (grid === null || card === null || event.target instanceof HTMLInputElement) {
        return;
    }
    const cards = [...grid.querySelectorAll<HTMLElement>('.card')];
    const at = cards.indexOf(card as HTMLElement);
    const first = cards[0]?.offsetTop;
    const columns = Math.max(1, cards.filter((one) => one.offsetTop === first).length);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - columns, ArrowDown: at + columns, Home: 0, End: cards.length - 1 }[event.key];
    const next = to === undefined ? undefined : cards[to];
    if (next !== undefined) {
        event.preventDefault();
        next.querySelector<HTMLElement>('a.prompt')?.focus();
    }
}
