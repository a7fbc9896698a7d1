/** How long something takes, no finer than people care: "0.8 s", "21 s", "3 min 20 s", "2 h 5 min". */
export function duration(seconds: number): string {
    if (seconds < 9.95) {
        return `${Math.max(0, Math.round(seconds * 10) / 10)} s`;
    }
    const whole = Math.round(seconds);
    if (whole < 90) {
        return `${whole} s`;
    }
    const minutes = Math.round(seconds / 60);
    if (seconds < 295) {
        const tens = Math.round(seconds / 10) * 10;
        const rest = tens % 60;
        return rest === 0 ? `${tens / 60} min` : `${Math.floor(tens / 60)} min ${rest} s`;
    }
    if (minutes < 120) {
        return `${minutes} min`;
    }
    const rest = minutes % 60;
    return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** "110 MB", "1.5 GB": powers of ten, as disks and the command have them. */
export function bytes(count: number): string {
    const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
    let value = count;
    let unit = 0;
    while (value >= 999.5 && unit < units.length - 1) {
        value /= 1000;
        unit++;
    }
    const shown = unit === 0 || value >= 99.5 ? Math.round(value) : Math.round(value * 10) / 10;
    return `${shown} ${units[unit]}`;
}

/** "just now", "5 min ago", "3 h ago", else the date. Times are Unix seconds. */
export function ago(then: number, now: number): string {
    const seconds = now - then;
    if (seconds < 45) {
        return 'just now';
    }
    if (seconds < 3600) {
        return `${Math.max(1, Math.round(seconds / 60))} min ago`;
    }
    if (seconds < 86_400) {
        return `${Math.round(seconds / 3600)} h ago`;
    }
    return new Date(then * 1000).toLocaleDateString(undefined, { dateStyle: 'medium' });
}

export function percent(share: number): string {
    const value = share * 100;
    return `${value < 10 ? Math.round(value * 10) / 10 : Math.round(value)} %`;
}

/** The first words of a prompt, for a line of news or a title. */
export function firstWords(prompt: string | null, most = 48): string {
    const text = (prompt ?? '').trim().replace(/\s+/g, ' ');
    if (text.length <= most) {
        return text;
    }
    const cut = text.slice(0, most + 1);
    const space = cut.lastIndexOf(' ');
    return `${space > most / 2 ? cut.slice(0, space) : text.slice(0, most)}…`;
}

/** "160 × 160" of "160x160". */
export function sizeText(size: string): string {
    return size.replace(/x/i, ' × ');
}

/** "dense_steps" and "numInferenceSteps" as words. */
export function words(key: string): string {
    return key
        .replace(/([a-z])([A-Z])/g, '$1 $2')
        .replaceAll('_', ' ')
        .toLowerCase();
}

export function counted(count: number, one: string, many = `${one}s`): string {
    return `${count} ${count === 1 ? one : many}`;
}
