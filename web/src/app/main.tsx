import { StrictMode, startTransition } from 'react';
import { createRoot } from 'react-dom/client';
import '../ui/tokens.css';
import '../ui/base.css';
import { watchLanguage } from '../i18n/language';
import { watchLooks } from '../theme/looks';
import { watchTheme } from '../theme/theme';
import { App } from './App';
import { CrashBoundary } from './CrashBoundary';
import { watchDrops } from './files';
import { learnHealth } from './health';
import { watchChoices } from './notifications/choices';
import { watchInstall } from './notifications/install';
import { startRouter } from './router';
import { startSession } from './session';
import { startUpdates } from './updates';

watchTheme();
watchLooks();
const spoken = watchLanguage();
watchChoices();
watchInstall();
watchDrops();
startRouter();
const secure = window.isSecureContext;
if (secure) startSession();
void learnHealth();
// In development files change under the page; a worker would answer with yesterday's.
if (secure && import.meta.env.PROD) void startUpdates();

const root = document.getElementById('root');
if (root) {
  void spoken.then(() =>
    // In small pieces, so that a finger is answered between them.
    startTransition(() =>
      createRoot(root).render(
        <StrictMode>
          <CrashBoundary>
            <App secure={secure} />
          </CrashBoundary>
        </StrictMode>,
      ),
    ),
  );
}
