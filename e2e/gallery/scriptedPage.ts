import type { Page } from '@playwright/test';
import { type Language, story } from './story';

const ME = '01ME00000000000000000000ME';

/** What the scripted server is asked to be like. */
export type Scene = {
  language: Language;
  offline?: boolean;
  empty?: boolean;
  fresh?: boolean;
  live?: boolean;
  long?: number;
  /** That many chats of one message each. */
  many?: number;
  gone?: boolean;
  recent?: boolean;
  reminders?: boolean;
  policy?: 'line' | 'dialog';
};

/** Answers a page's calls and its socket from a small story, so that every state can be looked at without a server. */
export async function script(page: Page, scene: Scene): Promise<void> {
  const told = story(scene.language, ME);
  const me = { account_id: ME, device_id: 'D1', alias: told.me, handle: 'lin_wei', region: 'SG', phone: '+6581234567', created_at: told.now - 9e9 };
  await page.clock.setFixedTime(told.now);
  await page.addInitScript(
    ({ me, language, fresh }) => {
      localStorage.setItem('billet.language', language);
      if (!fresh) localStorage.setItem('billet.me', JSON.stringify(me));
    },
    { me, language: scene.language, fresh: scene.fresh ?? false },
  );
  const answers: Record<string, unknown> = {
    'GET /v1/health': { status: 'ok', version: '0.1.0', demo: true, operator: 'Billet Demo' },
    'GET /v1/me': me,
    'GET /v1/policy/notice': {
      version: 2,
      effective: '2027-03-01',
      effective_at: told.now + 9e8,
      significant: scene.policy === 'dialog',
      summary: { en: 'Log-ins are kept for less time.', zh: '登录记录的保存时间缩短。' },
    },
    'GET /v1/contacts': { contacts: scene.empty ? [] : scene.many ? crowd(scene.many) : told.contacts },
    'GET /v1/blocks': { blocked: scene.empty ? [] : told.blocked },
    'GET /v1/contacts/requests': { requests: scene.empty ? [] : told.requests },
    'GET /v1/me/chats': { revision: scene.empty ? 0 : 9, chats: scene.empty || scene.many ? [] : told.settings },
    'GET /v1/me/reminders': { reminders: scene.reminders ? told.reminders : [] },
    'PATCH /v1/me/chats': { revision: 9 },
    'GET /v1/devices': { devices: told.devices },
    'GET /v1/protection': { protection: 'to_server', delivered_max_s: 10_800, undelivered_max_s: 259_200, recall_max_s: 120 },
    'POST /v1/codes': { expires_in_s: 300, resend_in_s: 60 },
    'GET /v1/demo/outbox': [{ to: '+12025550123', text: 'Your code is 482913', code: '482913', at: told.now }],
    'POST /v1/contacts/requests': { request_id: 'R9' },
  };
  // Whoever is a contact when the page first asks is gone from then on.
  let gone = false;
  const farewell = JSON.stringify({ op: 'notice', seq: told.lastSeq + 9, about: 'account_deleted', account: told.contacts[0]?.account_id });
  await page.route('**/v1/**', (route) => {
    if (scene.offline) return route.abort();
    const request = route.request();
    const key = `${request.method()} ${new URL(request.url()).pathname}`;
    if (key === 'POST /v1/sessions') return signIn(route, request.postDataJSON() as Record<string, string>);
    const body = answers[key];
    if (body === undefined) return route.fulfill({ status: 204 });
    const left = gone && key === 'GET /v1/contacts';
    gone ||= scene.gone === true && key === 'GET /v1/contacts';
    return route.fulfill({ json: left ? { contacts: told.contacts.slice(1) } : body });
  });
  await page.routeWebSocket('**/v1/socket', (socket) => {
    if (scene.offline) return socket.close({ code: 1011 });
    socket.onMessage((text) => {
      const frame = JSON.parse(String(text)) as { op: string; seq?: number; after?: number; id?: string };
      if (frame.op === 'sync') {
        if (scene.long && frame.after === 0) for (const envelope of long(scene.long, told.contacts[0]?.account_id ?? '')) socket.send(envelope);
        else if (scene.many && frame.after === 0) for (const envelope of many(scene.many)) socket.send(envelope);
        else if (!scene.empty && !scene.long && !scene.many) for (const envelope of told.frames) socket.send(JSON.stringify(envelope));
        if (scene.recent) for (const frame of recent(told.lastSeq, told.now, told.contacts[0]?.account_id ?? '')) socket.send(JSON.stringify(frame));
        socket.send(JSON.stringify({ op: 'synced', seq: told.lastSeq, missed: 0 }));
        if (gone) socket.send(farewell);
        if (scene.policy) socket.send(JSON.stringify({ op: 'notice', seq: 0, about: 'policy' }));
        if (scene.live) socket.send(JSON.stringify({ op: 'typing', from: told.contacts[1]?.account_id, to: { account: ME } }));
      }
      if (frame.op === 'ack') socket.send(JSON.stringify({ op: 'acked', seq: frame.seq }));
      if (frame.op === 'send') {
        socket.send(JSON.stringify({ op: 'error', id: frame.id, code: 'not_a_contact', detail: '' }));
      }
    });
  });
}

/** Two messages of this minute: one that was recalled, and one that can be. */
function recent(last: number, now: number, peer: string): object[] {
  const say = (n: number, text: string) => ({ op: 'envelope', seq: last + n, message: `N${n}`, from: ME, to: { account: peer }, at: now - 20_000, kind: 'text', content: { text } });
  return [say(1, '…'), say(2, '🌧 → 🌤 10:30'), { op: 'recalled', seq: last + 3, message: 'N1' }];
}

/** One chat of that many short messages. */
function* long(count: number, peer: string): Generator<string> {
  const start = Date.now() - count * 30_000;
  for (let n = 1; n <= count; n += 1) {
    const at = start + n * 30_000;
    const content = { text: `number ${n}` };
    yield JSON.stringify({ op: 'envelope', seq: at * 1000, message: `L${n}`, from: peer, to: { account: ME }, at, kind: 'text', content });
  }
}

/** That many people, each with one message. */
function* many(count: number): Generator<string> {
  const start = Date.now() - count * 60_000;
  for (let n = 1; n <= count; n += 1) {
    const at = start + n * 60_000;
    yield JSON.stringify({ op: 'envelope', seq: at * 1000, message: `L${n}`, from: person(n), to: { account: ME }, at, kind: 'text', content: { text: `message of person ${n}` } });
  }
}

function crowd(count: number): object[] {
  return Array.from({ length: count }, (_, n) => ({ account_id: person(n + 1), alias: `Person ${n + 1}`, remark: null, handle: null, photo: null }));
}

function person(n: number): string {
  return `01PERSON${String(n).padStart(18, '0')}`;
}

function signIn(route: import('@playwright/test').Route, body: Record<string, string>) {
  const problem = (code: string) => route.fulfill({ status: 422, contentType: 'application/problem+json', json: { status: 422, title: code, code } });
  if (body.code !== '482913') return problem('wrong_code');
  if (!body.alias) return problem('alias_required');
  if ((body.birth_date ?? '') > '2015') {
    return route.fulfill({ status: 202, json: { state: 'waiting', consent_age: 16, gone_at: Date.now() + 3e9 } });
  }
  return route.fulfill({ status: 201, json: { account_id: ME, device_id: 'D1', created: true } });
}
