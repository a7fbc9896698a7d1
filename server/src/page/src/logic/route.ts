/** Where in the page somebody is. */
export type Route =
    | { name: 'create' }
    | { name: 'gallery' }
    | { name: 'queue' }
    | { name: 'compare'; a: string | null; b: string | null }
    | { name: 'video'; id: string }
    | { name: 'heads'; id: string }
    | { name: 'settings' }
    | { name: 'unknown' };

const ID = /^video_[A-Za-z0-9]{24,58}$/;

export function routeOf(path: string, query: string): Route {
    const parts = path.split('/').filter((part) => part !== '');
    const [first, second, third] = parts;
    if (parts.length === 0) {
        return { name: 'create' };
    }
    if (parts.length === 1 && (first === 'gallery' || first === 'queue' || first === 'settings')) {
        return { name: first };
    }
    if (parts.length === 1 && first === 'compare') {
        const asked = new URLSearchParams(query);
        return { name: 'compare', a: known(asked.get('a')), b: known(asked.get('b')) };
    }
    if (first === 'videos' && second !== undefined && ID.test(second)) {
        if (parts.length === 2) {
            return { name: 'video', id: second };
        }
        if (parts.length === 3 && third === 'heads') {
            return { name: 'heads', id: second };
        }
    }
    return { name: 'unknown' };
}

/** Ids alone go into addresses of the service. */
function known(id: string | null): string | null {
    return id !== null && ID.test(id) ? id : null;
}

export const videoPath = (id: string): string => `/videos/${id}`;
export const headsPath = (id: string): string => `/videos/${id}/heads`;

export function comparePath(a: string | null, b: string | null): string {
    const query = new URLSearchParams();
    if (a !== null) {
        query.set('a', a);
    }
    if (b !== null) {
        query.set('b', b);
    }
    const text = query.toString();
    return text === '' ? '/compare' : `/compare?${text}`;
}
