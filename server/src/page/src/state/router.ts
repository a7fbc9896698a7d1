import { computed, signal } from '@preact/signals';
import { routeOf } from '../logic/route.ts';

const place = signal({ path: location.pathname, query: location.search });

export const route = computed(() => routeOf(place.value.path, place.value.query));

/** Counts moves within the page, so that focus can follow them; 0 is the page as it was opened. */
export const moves = signal(0);

function look(): void {
    place.value = { path: location.pathname, query: location.search };
}

export function go(to: string, how: 'push' | 'replace' = 'push'): void {
    if (how === 'push') {
        history.pushState(null, '', to);
        moves.value++;
        window.scrollTo(0, 0);
    } else {
        history.replaceState(null, '', to);
    }
    look();
}

/** Links of this page change it in place; with a modifier they do what links do. */
function follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) {
        return;
    }
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
        return;
    }
    const link = (event.target as Element | null)?.closest?.('a');
    if (!link || link.target !== '' || link.hasAttribute('download') || link.origin !== location.origin) {
        return;
    }
    if (routeOf(link.pathname, link.search).name === 'unknown' || link.hash !== '') {
        return;
    }
    event.preventDefault();
    go(link.pathname + link.search);
}

export function startRouter(): void {
    addEventListener('popstate', () => {
        look();
        moves.value++;
    });
    document.addEventListener('click', follow);
}
