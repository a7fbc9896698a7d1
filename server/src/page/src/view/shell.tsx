import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { counted } from '../logic/format.ts';
import { connection } from '../state/connection.ts';
import { queued, running } from '../state/jobs.ts';
import { dismiss, news } from '../state/news.ts';
import { moves, route } from '../state/router.ts';
import { Banners } from './banners.tsx';
import { Icon, Mark, type IconName } from './icon.tsx';
import { KeyPanel } from './key-panel.tsx';

const PLACES: { to: string; name: string; text: string; icon: IconName }[] = [
    { to: '/', name: 'create', text: 'Create', icon: 'create' },
    { to: '/gallery', name: 'gallery', text: 'Gallery', icon: 'gallery' },
    { to: '/queue', name: 'queue', text: 'Queue', icon: 'queue' },
    { to: '/compare', name: 'compare', text: 'Compare', icon: 'compare' },
    { to: '/settings', name: 'settings', text: 'Settings', icon: 'settings' },
];

/** What stands around every page: navigation, banners, news. */
export function Shell({ children }: { children: ComponentChildren }) {
    return (
        <>
            <a class="skip" href="#main" onClick={toMain}>
                Skip to content
            </a>
            <header class="top">
                <a class="brand" href="/" aria-label="svgen, start page">
                    <Mark />
                    <span>svgen</span>
                </a>
                <Navigation />
                <Pulse />
            </header>
            <Banners />
            <main id="main" tabIndex={-1}>
                {children}
            </main>
            <NewsLine />
            <KeyPanel />
        </>
    );
}

function toMain(event: MouseEvent): void {
    event.preventDefault();
    document.getElementById('main')?.focus();
}

function Navigation() {
    const waiting = queued.value.length + running.value.length;
    return (
        <nav aria-label="Pages">
            {PLACES.map(({ to, name, text, icon }) => (
                <a key={to} href={to} aria-current={route.value.name === name ? 'page' : undefined}>
                    <Icon name={icon} />
                    <span>{text}</span>
                    {name === 'queue' && waiting > 0 && (
                        <span class="badge" aria-label={counted(waiting, 'video')}>
                            {waiting}
                        </span>
                    )}
                </a>
            ))}
        </nav>
    );
}

function Pulse() {
    const state = connection.value.state;
    const text = { open: 'Connected', lost: 'Offline', connecting: 'Connecting' }[state];
    return (
        <span class={`pulse ${state}`} title={text}>
            <span class="sr">{text}</span>
        </span>
    );
}

function NewsLine() {
    const now = news.value;
    return (
        <div class="news">
            <div role="status" aria-live="polite" class={now?.bad ? 'bad' : ''}>
                {now !== null && <p key={now.number}>{now.text}</p>}
            </div>
            {now !== null && (
                <button type="button" class="icon-button" aria-label="Dismiss" onClick={dismiss}>
                    <Icon name="close" />
                </button>
            )}
        </div>
    );
}

/** The page's heading: the title of the document too, and where focus goes after a move. */
export function Heading({ text, children }: { text: string; children?: ComponentChildren }) {
    const heading = useRef<HTMLHeadingElement>(null);
    useEffect(() => {
        document.title = `${text} · svgen`;
    }, [text]);
    useEffect(() => {
        if (moves.value > 0) {
            heading.current?.focus({ preventScroll: true });
        }
    }, []);
    return (
        <h1 ref={heading} tabIndex={-1}>
            {children ?? text}
        </h1>
    );
}
