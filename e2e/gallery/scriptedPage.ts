import type { Page, Route, WebSocketRoute } from '@playwright/test';
import { crowd, long, many } from './crowds';
import { type Device, equip } from './device';
import { answersOf, ME, meOf, problem } from './scriptedAnswers';
import { PORTRAIT, portrait } from './portrait';
import { type Language, story } from './story';

/** What the scripted server is asked to be like. */
export type Scene = {
  language: Language;
  /** Nobody is signed in. */
  fresh?: boolean;
  /** An account without contacts, requests and messages. */
  empty?: boolean;
  /** Contacts, and not a word from any of them yet. */
  quiet?: boolean;
  /** Two are typing: the first contact, and one in the list. */
  live?: boolean;
  /** The page's own clock, as measures need it; else it stands still, so that two pictures are alike. */
  realTime?: boolean;
  /** One chat of so many messages in place of the story. */
  long?: number;
  /** That many chats of one message each. */
  many?: number;
  /** The first contact ends being one. */
  former?: boolean;
  /** The first contact deletes the account. */
  gone?: boolean;
  /** The story goes on until this minute: a message that was recalled, and one that can be. */
  recent?: boolean;
  /** One reminder is due, others come later. */
  reminders?: boolean;
  /** A change of the policy, told in passing or in the way. */
  policy?: 'line' | 'dialog';
  /** Messages that were in flight may be lost: the server came back from a backup. */
  restored?: boolean;
  /** What is written arrives. */
  obliging?: boolean;
  /** So many messages expired before they came. */
  missed?: number;
  /** Only plain http: no secure context. */
  insecure?: boolean;
  /** Another browser took the line over. */
  replaced?: boolean;
  /** What the browser is like. */
  device?: Device;
  /** Calls by method and path that are answered otherwise. */
  answers?: Readonly<Record<string, unknown>>;
  /** Calls that are refused with a status and a code. */
  refuses?: Readonly<Record<string, readonly [status: number, code: string, more?: object]>>;
  /** Calls that are never answered: what a screen looks like meanwhile. */
  silent?: readonly string[];
};

export type ScriptedServer = {
  /** From now on nothing answers and no socket opens. */
  goAway(): Promise<void>;
  /** The story goes on now, as with `recent` from the start. */
  goOn(): void;
};

type Told = ReturnType<typeof story>;

/** Answers a page's calls and its socket from a small story, so that every state can be looked at without a server. */
export async function script(page: Page, scene: Scene): Promise<ScriptedServer> {
  const told = story(scene.language, ME);
  const sockets = new Set<WebSocketRoute>();
  let away = false;
  if (!scene.realTime) await page.clock.setFixedTime(told.now);
  await page.addInitScript(
    ({ me, language, fresh, insecure, asks }) => {
      localStorage.setItem('billet.language', language);
      if (!asks) localStorage.setItem('billet.notifications.asked', '1');
      if (!fresh) localStorage.setItem('billet.me', JSON.stringify(me));
      if (insecure) Object.defineProperty(window, 'isSecureContext', { value: false });
    },
    { me: meOf(told), language: scene.language, fresh: scene.fresh ?? false, insecure: scene.insecure ?? false, asks: scene.device?.notifications !== undefined },
  );
  if (scene.device) await equip(page, scene.device);
  const answer = answers(scene, told);
  await page.route('**/v1/**', (route) => (away ? route.abort() : answer(route)));
  await page.routeWebSocket('**/v1/socket', (socket) => {
    if (away) return socket.close({ code: 1011 });
    sockets.add(socket);
    socket.onMessage((text) => converse(socket, JSON.parse(String(text)) as Frame, scene, told));
  });
  return {
    goAway: async () => {
      away = true;
      for (const socket of sockets) await socket.close({ code: 1011 });
    },
    goOn: () => {
      for (const frame of recent(told, told.contacts[0]?.account_id ?? '')) for (const socket of sockets) socket.send(JSON.stringify(frame));
    },
  };
}

/** Whoever is a contact when the page first asks is none from then on, where the scene says so. */
function answers(scene: Scene, told: Told): (route: Route) => Promise<void> | undefined {
  const known: Record<string, unknown> = { ...answersOf(told, scene), ...scene.answers };
  if (scene.policy) known['GET /v1/policy/notice'] = policyNotice(told, scene.policy === 'dialog');
  if (scene.many) Object.assign(known, { 'GET /v1/contacts': { contacts: crowd(scene.many) }, 'GET /v1/me/chats': { revision: 0, chats: [] } });
  if (scene.reminders) known['GET /v1/me/reminders'] = { reminders: told.reminders };
  let asked = 0;
  return (route) => {
    const request = route.request();
    const key = `${request.method()} ${new URL(request.url()).pathname}`;
    if (scene.silent?.includes(key)) return undefined;
    if (key === `GET ${PORTRAIT}`) return route.fulfill({ contentType: 'image/svg+xml', body: portrait });
    const refused = scene.refuses?.[key];
    if (refused) return route.fulfill(problem(...refused));
    if (key === 'POST /v1/sessions') return signIn(route, request.postDataJSON() as Record<string, string>);
    if (key === 'GET /v1/contacts' && (scene.former || scene.gone) && asked++ > 0) return route.fulfill({ json: { contacts: told.contacts.slice(1) } });
    return known[key] === undefined ? route.fulfill({ status: 204 }) : route.fulfill({ json: known[key] });
  };
}

type Frame = { op: string; seq?: number; after?: number; id?: string; message?: string };

function converse(socket: WebSocketRoute, frame: Frame, scene: Scene, told: Told): void {
  const say = (answer: object) => socket.send(JSON.stringify(answer));
  const peer = told.contacts[0]?.account_id ?? '';
  if (frame.op === 'ack') say({ op: 'acked', seq: frame.seq });
  if (frame.op === 'send') say(scene.obliging ? sent(frame, told) : { op: 'error', id: frame.id, code: 'not_a_contact', detail: '' });
  if (frame.op === 'recall') say({ op: 'recalled', seq: told.lastSeq + 20, message: frame.message });
  if (frame.op !== 'sync') return;
  if (scene.long && frame.after === 0) for (const envelope of long(scene.long, peer)) socket.send(envelope);
  else if (scene.many && frame.after === 0) for (const envelope of many(scene.many)) socket.send(envelope);
  else if (!scene.empty && !scene.quiet && !scene.long && !scene.many) told.frames.forEach(say);
  if (scene.recent) recent(told, peer).forEach(say);
  say({ op: 'synced', seq: told.lastSeq, missed: scene.missed ?? 0 });
  // Once the contacts are known: whoever was never seen here cannot be remembered either.
  if (scene.former) setTimeout(() => say({ op: 'notice', seq: 0, about: 'contacts' }), 500);
  if (scene.gone) setTimeout(() => say({ op: 'notice', seq: told.lastSeq + 9, about: 'account_deleted', account: peer }), 500);
  if (scene.policy) say({ op: 'notice', seq: 0, about: 'policy' });
  if (scene.restored) say({ op: 'notice', seq: told.lastSeq + 8, about: 'restored' });
  if (scene.live) for (const one of told.contacts.slice(0, 2)) say({ op: 'typing', from: one.account_id, to: { account: ME } });
  // After the story has come: what is on its way when a line ends would not be read.
  if (scene.replaced) setTimeout(() => void socket.close({ code: 4009 }).catch(() => {}), 800);
}

function policyNotice(told: Told, significant: boolean): object {
  return {
    version: 2,
    effective: '2027-03-01',
    effective_at: told.now + 9e8,
    significant,
    summary: { en: 'Log-ins are kept for less time.', zh: '登录记录的保存时间缩短。' },
  };
}

function recent(told: Told, peer: string): object[] {
  const say = (n: number, text: string) => ({
    op: 'envelope',
    seq: told.lastSeq + n,
    message: `N${n}`,
    from: ME,
    to: { account: peer },
    at: told.now - 20_000,
    kind: 'text',
    content: { text },
  });
  return [say(1, '…'), say(2, '🌧 → 🌤 10:30'), { op: 'recalled', seq: told.lastSeq + 3, message: 'N1' }];
}

function sent(frame: Frame, told: Told): object {
  return { op: 'sent', id: frame.id, message: `S${frame.id}`, at: told.now, seq: told.lastSeq + 10 };
}

function signIn(route: Route, body: Record<string, string>): Promise<void> {
  if (body.code !== '482913') return route.fulfill(problem(422, 'wrong_code'));
  if (!body.alias) return route.fulfill(problem(422, 'alias_required'));
  if ((body.birth_date ?? '') > '2015') {
    return route.fulfill({ status: 202, json: { state: 'waiting', consent_age: 16, gone_at: Date.now() + 3e9 } });
  }
  return route.fulfill({ status: 201, json: { account_id: ME, device_id: 'D1', created: true } });
}
