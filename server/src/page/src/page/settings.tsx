import { useState } from 'preact/hooks';
import type { Device } from '../api/types.ts';
import { bytes } from '../logic/format.ts';
import { useKey } from '../state/connection.ts';
import { defaultOf, model } from '../state/form.ts';
import { notifications, ownDefaults, theme, type Theme } from '../state/prefs.ts';
import { client, hasKey, keyWanted, models } from '../state/service.ts';
import { tell } from '../state/news.ts';
import { Heading } from '../view/shell.tsx';
import { useLoaded } from '../view/use-loaded.ts';

export function SettingsPage() {
    return (
        <div class="settings-page">
            <Heading text="Settings" />
            <Look />
            <Defaults />
            <Notices />
            <Key />
            <About />
        </div>
    );
}

const THEMES: [Theme, string][] = [
    ['system', 'As the system'],
    ['light', 'Light'],
    ['dark', 'Dark'],
];

function Look() {
    return (
        <section aria-labelledby="look">
            <h2 id="look">Look</h2>
            <div class="segments" role="radiogroup" aria-labelledby="look">
                {THEMES.map(([value, text]) => (
                    <label key={value}>
                        <input
                            type="radio"
                            name="theme"
                            checked={theme.value === value}
                            onChange={() => (theme.value = value)}
                        />
                        <span>{text}</span>
                    </label>
                ))}
            </div>
        </section>
    );
}

const FIELDS: [string, string][] = [
    ['num_inference_steps', 'Steps'],
    ['num_frames', 'Frames'],
    ['guidance_scale', 'Guidance'],
    ['density', 'Density'],
];

function Defaults() {
    return (
        <section aria-labelledby="defaults">
            <h2 id="defaults">Defaults</h2>
            <p class="muted">
                What new videos begin with in this browser. An empty field leaves it to the model
                {model.value === undefined ? '' : ` (${model.value.id})`}.
            </p>
            <div class="fields">
                {FIELDS.map(([name, label]) => (
                    <label key={name} class="field narrow">
                        <span>{label}</span>
                        <input
                            type="number"
                            min={0}
                            step="any"
                            placeholder={defaultOf(name)}
                            value={ownDefaults.value[name] ?? ''}
                            onInput={(event) => {
                                const next = { ...ownDefaults.value };
                                if (event.currentTarget.value === '') {
                                    delete next[name];
                                } else {
                                    next[name] = event.currentTarget.value;
                                }
                                ownDefaults.value = next;
                            }}
                        />
                    </label>
                ))}
            </div>
        </section>
    );
}

function Notices() {
    const can = typeof Notification !== 'undefined' && isSecureContext;
    const turn = async (on: boolean) => {
        if (on && (await Notification.requestPermission()) !== 'granted') {
            tell('The browser does not allow notices of this page.', true);
            notifications.value = false;
            return;
        }
        notifications.value = on;
    };
    return (
        <section aria-labelledby="notices">
            <h2 id="notices">Notices</h2>
            <label class="switch">
                <input
                    type="checkbox"
                    disabled={!can}
                    checked={notifications.value}
                    onChange={(event) => void turn(event.currentTarget.checked)}
                />
                <span>Tell me when a video is done and this page is not in front</span>
            </label>
            {!can && <p class="muted small">Browsers allow this on https and on this machine alone.</p>}
        </section>
    );
}

function Key() {
    return (
        <section aria-labelledby="key">
            <h2 id="key">Key</h2>
            <p class="muted">
                {hasKey.value
                    ? 'This browser has a key. It is sent to this service alone.'
                    : 'No key is set. A service that asks for none needs none.'}
            </p>
            <div class="actions">
            <button type="button" class="button" onClick={() => (keyWanted.value = true)}>
                {hasKey.value ? 'Enter another key…' : 'Enter a key…'}
            </button>
            {hasKey.value && (
                <button
                    type="button"
                    class="button"
                    onClick={() => {
                        useKey('');
                        tell('The key is forgotten.');
                    }}
                >
                    Forget the key
                </button>
            )}
            </div>
        </section>
    );
}

function About() {
    const [asked] = useState('about');
    const about = useLoaded(asked, () => client.server());
    const server = about.state === 'there' ? about.value : {};
    return (
        <section aria-labelledby="about">
            <h2 id="about">About</h2>
            <dl class="facts">
                {server.version !== undefined && (
                    <div>
                        <dt>svgen</dt>
                        <dd>{server.version}</dd>
                    </div>
                )}
                {(server.devices ?? []).map((device, place) => (
                    <div key={place}>
                        <dt>{device.id}</dt>
                        <dd>{deviceWords(device)}</dd>
                    </div>
                ))}
                {(models.value ?? []).map((one) => (
                    <div key={one.id}>
                        <dt>{one.id}</dt>
                        <dd>
                            {[one.task?.replaceAll('-', ' '), one.licence && `licence ${one.licence}`]
                                .filter(Boolean)
                                .join(' · ')}
                        </dd>
                    </div>
                ))}
                <div>
                    <dt>Page</dt>
                    <dd>Preact and its signals, both under the MIT licence</dd>
                </div>
                <div>
                    <dt>API</dt>
                    <dd>
                        <a href="/docs">Documentation</a>, <a href="/openapi.json">openapi.json</a>
                    </dd>
                </div>
            </dl>
        </section>
    );
}

function deviceWords({ name, memory_bytes: memory, reason }: Device): string {
    return [name, memory !== null && `${bytes(memory)} of memory`, reason].filter(Boolean).join(' · ');
}
