import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

/** Grey cards in the place of those that are being read. */
export function Loading({ count = 4 }: { count?: number }) {
    return (
        <div class="grid" aria-busy="true" aria-label="Loading" role="group">
            {Array.from({ length: count }, (_, index) => (
                <div key={index} class="skeleton" />
            ))}
        </div>
    );
}

export function Empty(props: { icon: IconName; title: string; children: ComponentChildren }) {
    return (
        <div class="empty">
            <Icon name={props.icon} />
            <h2>{props.title}</h2>
            {props.children}
        </div>
    );
}

export function Failed({ text, retry }: { text: string; retry?: () => void }) {
    return (
        <div class="empty" role="alert">
            <Icon name="alert" />
            <p>{text}</p>
            {retry && (
                <button type="button" class="button" onClick={retry}>
                    Try again
                </button>
            )}
        </div>
    );
}
