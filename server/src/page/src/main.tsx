import { render } from 'preact';
import './style/base.css';
import './style/controls.css';
import './style/shell.css';
import './style/cards.css';
import './style/composer.css';
import './style/pages.css';
import './style/compare.css';
import './style/heads.css';
import { ComparePage } from './page/compare.tsx';
import { CreatePage } from './page/create.tsx';
import { GalleryPage } from './page/gallery.tsx';
import { HeadsPage } from './page/heads.tsx';
import { QueuePage } from './page/queue.tsx';
import { SettingsPage } from './page/settings.tsx';
import { VideoPage } from './page/video.tsx';
import { connect } from './state/connection.ts';
import { keepPlanning } from './state/plan.ts';
import { applyTheme } from './state/prefs.ts';
import { route, startRouter } from './state/router.ts';
import { Heading, Shell } from './view/shell.tsx';

function Page() {
    const now = route.value;
    switch (now.name) {
        case 'create':
            return <CreatePage />;
        case 'gallery':
            return <GalleryPage />;
        case 'queue':
            return <QueuePage />;
        case 'compare':
            return <ComparePage a={now.a} b={now.b} />;
        case 'video':
            return <VideoPage key={now.id} id={now.id} />;
        case 'heads':
            return <HeadsPage key={now.id} id={now.id} />;
        case 'settings':
            return <SettingsPage />;
        case 'unknown':
            return (
                <>
                    <Heading text="Not found" />
                    <p>
                        There is no such page. <a href="/">Make a video</a> instead.
                    </p>
                </>
            );
    }
}

applyTheme();
startRouter();
connect();
keepPlanning();
render(
    <Shell>
        <Page />
    </Shell>,
    document.getElementById('app') ?? document.body,
);
