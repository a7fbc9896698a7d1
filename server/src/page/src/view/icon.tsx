/** Strokes on a grid of 24, in the colour of the text around them. */
const PATHS = {
    create: 'M12 3v18M3 12h18',
    gallery: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
    queue: 'M4 6h16M4 12h16M4 18h10',
    compare: 'M12 3v18M4 6h5v12H4zM15 6h5v12h-5z',
    settings: 'M4 7h9M17 7h3M15 5v4M4 17h3M11 17h9M9 15v4',
    close: 'M6 6l12 12M18 6L6 18',
    up: 'M12 19V5M6 11l6-6 6 6',
    down: 'M12 5v14M6 13l6 6 6-6',
    grip: 'M9 6h.01M9 12h.01M9 18h.01M15 6h.01M15 12h.01M15 18h.01',
    dice: 'M5 5h14v14H5zM9 9h.01M15 15h.01M12 12h.01M15 9h.01M9 15h.01',
    locked: 'M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3',
    unlocked: 'M6 11h12v9H6zM9 11V8a3 3 0 0 1 5.8-1',
    image: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9h.01',
    download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
    trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
    copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
    remix: 'M4 8h11l-3-3M20 16H9l3 3',
    heads: 'M4 4h4v4H4zM10 4h4v4h-4zM16 4h4v4h-4zM4 10h4v4H4zM10 10h4v4h-4zM16 10h4v4h-4zM4 16h4v4H4zM10 16h4v4h-4zM16 16h4v4h-4z',
    play: 'M7 4l13 8-13 8z',
    pause: 'M8 5v14M16 5v14',
    check: 'M5 13l4 4L19 7',
    film: 'M4 5h16v14H4zM8 5v14M16 5v14M4 12h16M4 8.5h4M4 15.5h4M16 8.5h4M16 15.5h4',
    alert: 'M12 4l9 16H3zM12 10v4M12 17h.01',
    search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5L20 20',
    clock: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4l3 2',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
    return (
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d={PATHS[name]} />
        </svg>
    );
}

/** The mark of svgen: a band of near tokens on the diagonal. */
export function Mark() {
    const cells = [0, 1, 2].flatMap((row) =>
        [0, 1, 2].filter((column) => Math.abs(row - column) < 2).map((column) => ({ row, column })),
    );
    return (
        <svg class="mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            {cells.map(({ row, column }) => (
                <rect
                    key={`${row}${column}`}
                    class={row === column ? 'on' : 'near'}
                    x={2 + column * 7}
                    y={2 + row * 7}
                    width="6"
                    height="6"
                    rx="1.6"
                />
            ))}
        </svg>
    );
}
