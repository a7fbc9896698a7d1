import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { connection, loadError, retry } from '../state/connection.ts';
import { forbidden, keyNeeded, keyWanted, waitUntil } from '../state/service.ts';
import { Icon, type IconName } from './icon.tsx';

/** What the person has to know about the service, above everything else. */
export function Banners() {
    const any =
        connection.value.state === 'lost' ||
        waitUntil.value !== null ||
        forbidden.value !== null ||
        loadError.value !== null;
    return (
        <div aria-live="polite">
            {any && (
                <aside class="banners" aria-label="About the service">
                    <Offline />
                    <Limited />
                    <Forbidden />
                    <Unread />
                </aside>
            )}
        </div>
    );
}

/** Seconds that count down are to be seen, not to be heard one by one. */
function Countdown({ seconds }: { seconds: number }) {
    return (
        <span aria-live="off" class="number">
            {seconds} s
        </span>
    );
}

interface LineProps {
    icon: IconName;
    children: ComponentChildren;
    action?: { text: string; run: () => void };
    bad?: boolean;
}

function Line({ icon, children, action, bad = false }: LineProps) {
    return (
        <div class={bad ? 'banner bad' : 'banner'}>
            <Icon name={icon} />
            <p>{children}</p>
            {action && (
                <button type="button" class="button small" onClick={action.run}>
                    {action.text}
                </button>
            )}
        </div>
    );
}

/** Whole seconds until then, counting down. */
export function useCountdown(until: number | null): number {
    const left = () => (until === null ? 0 : Math.max(0, Math.ceil((until - Date.now()) / 1000)));
    const [seconds, setSeconds] = useState(left);
    useEffect(() => {
        setSeconds(left());
        if (until === null) {
            return;
        }
        const timer = setInterval(() => setSeconds(left()), 250);
        return () => clearInterval(timer);
    }, [until]);
    return seconds;
}

function Offline() {
    const now = connection.value;
    const seconds = useCountdown(now.state === 'lost' ? now.tryAt : null);
    if (now.state !== 'lost' || forbidden.value !== null) {
        return null;
    }
    if (keyNeeded.value) {
        return (
            <Line icon="locked" action={{ text: 'Enter the key…', run: () => (keyWanted.value = true) }}>
                <strong>This service asks for a key.</strong> Nothing can be shown without one.
            </Line>
        );
    }
    return (
        <Line icon="alert" action={{ text: 'Try now', run: retry }}>
            <strong>Offline.</strong> {now.reason} The page tries again in <Countdown seconds={seconds} />.
            Your videos go on without it.
        </Line>
    );
}

function Limited() {
    const seconds = useCountdown(waitUntil.value);
    useEffect(() => {
        if (seconds === 0 && waitUntil.value !== null && waitUntil.value <= Date.now()) {
            waitUntil.value = null;
        }
    }, [seconds]);
    if (waitUntil.value === null || seconds === 0) {
        return null;
    }
    return (
        <Line icon="clock">
            <strong>The service asks to wait.</strong> It takes requests again in{' '}
            <Countdown seconds={seconds} />.
        </Line>
    );
}

function Forbidden() {
    if (forbidden.value === null) {
        return null;
    }
    return (
        <Line icon="locked" action={{ text: 'Close', run: () => (forbidden.value = null) }}>
            <strong>This key may not do that.</strong> {forbidden.value} Another key can be entered in{' '}
            <a href="/settings">Settings</a>.
        </Line>
    );
}

function Unread() {
    if (loadError.value === null || connection.value.state !== 'open') {
        return null;
    }
    return (
        <Line icon="alert" bad action={{ text: 'Try again', run: retry }}>
            <strong>The videos could not be read.</strong> {loadError.value}
        </Line>
    );
}
