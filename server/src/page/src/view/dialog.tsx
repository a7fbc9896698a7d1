import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

interface Props {
    title: string;
    onClose: () => void;
    children: ComponentChildren;
}

/** A modal dialog: the browser keeps focus within it and gives it back afterwards. */
export function Dialog({ title, onClose, children }: Props) {
    const box = useRef<HTMLDialogElement>(null);
    const id = useId();
    useEffect(() => {
        const before = document.activeElement;
        box.current?.showModal();
        return () => {
            if (before instanceof HTMLElement && before.isConnected) {
                before.focus();
            }
        };
    }, []);
    return (
        <dialog
            ref={box}
            aria-labelledby={id}
            onCancel={(event) => {
                event.preventDefault();
                onClose();
            }}
            onClick={(event) => event.target === box.current && onClose()}
        >
            <div class="dialog-body">
                <h2 id={id}>{title}</h2>
                {children}
            </div>
        </dialog>
    );
}

interface ConfirmProps {
    title: string;
    text: string;
    action: string;
    /** What the other button says. */
    keep?: string;
    onConfirm: () => void;
    onClose: () => void;
}

/** Asks before something is lost. The button that loses nothing has the focus. */
export function Confirm({ title, text, action, keep = 'Keep', onConfirm, onClose }: ConfirmProps) {
    return (
        <Dialog title={title} onClose={onClose}>
            <p>{text}</p>
            <div class="actions end">
                <button type="button" class="button" autofocus onClick={onClose}>
                    {keep}
                </button>
                <button
                    type="button"
                    class="button danger"
                    onClick={() => {
                        onClose();
                        onConfirm();
                    }}
                >
                    {action}
                </button>
            </div>
        </Dialog>
    );
}
