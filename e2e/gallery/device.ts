import type { Page } from '@playwright/test';
import { ME } from './scriptedAnswers';

/** What the browser is like, apart from the server. */
export type Device = {
  /** A camera that shows a table, one that is not allowed, or none. */
  camera?: 'shows' | 'denied' | 'none';
  notifications?: NotificationPermission;
  /** Hardly any room is left for what Billet keeps. */
  full?: boolean;
  /** The messages cannot be opened. */
  refusesStorage?: boolean;
  /** A newer build of the client waits. */
  update?: boolean;
  /** Knows where the account was signed in, but not the phone. */
  knowsDevices?: boolean;
  /** Signed out from elsewhere; the chats are still here. */
  ended?: boolean;
};

/** Makes the page's browser so, before any of the client runs. */
export async function equip(page: Page, device: Device): Promise<void> {
  await page.addInitScript(pretend, { device, me: ME });
}

/** Runs in the page. */
function pretend({ device, me }: { device: Device; me: string }): void {
  const answer = (on: object, name: string, value: unknown) => Object.defineProperty(on, name, { value, configurable: true });
  if (device.knowsDevices) localStorage.setItem(`billet.devices.${me}`, '["D1"]');
  if (device.ended) localStorage.setItem('billet.kept', JSON.stringify(me));
  if (device.notifications) Object.defineProperty(Notification, 'permission', { get: () => device.notifications });
  if (device.full) answer(navigator.storage, 'estimate', async () => ({ usage: 1_985_000_000, quota: 2_000_000_000 }));
  if (device.camera) answer(navigator.mediaDevices, 'getUserMedia', device.camera === 'shows' ? table : nothing(device.camera));
  if (device.refusesStorage) {
    answer(indexedDB, 'open', () => {
      throw new DOMException('not here', 'InvalidStateError');
    });
  }
  if (device.update) {
    const worker = Object.assign(new EventTarget(), { postMessage: () => {} });
    const registration = Object.assign(new EventTarget(), { waiting: worker, installing: null, update: async () => {} });
    answer(navigator.serviceWorker, 'controller', worker);
    answer(navigator.serviceWorker, 'register', async () => registration);
  }

  function nothing(why: 'denied' | 'none') {
    return async () => {
      throw new DOMException('no picture', why === 'denied' ? 'NotAllowedError' : 'NotFoundError');
    };
  }

  async function table() {
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 480 });
    const pen = canvas.getContext('2d');
    const draw = () => {
      if (!pen) return;
      pen.fillStyle = '#7a6650';
      pen.fillRect(0, 0, 640, 480);
      pen.fillStyle = '#f4efe6';
      pen.fillRect(220, 130, 200, 220);
    };
    draw();
    setInterval(draw, 200);
    return canvas.captureStream(5);
  }
}
