import type { story } from './story';

export const ME = '01ME00000000000000000000ME';

/** Somebody's, who is no contact yet; and of a device that wants to be let in. */
export const TOKEN = 'h3Xq0mTnZr7uWb2cKd9fLs';
const DIGEST = 'sha256:9f2c41d07be5a83c66d1f0e4b7a2985d3c10e6fb4479a8d25b0c7e1938fa64d2';

const OPERATOR = { legal_name: 'Billet Demo', post: '1 Market Street, 048943 Singapore' };
const policy = {
  version: 1,
  digest: DIGEST,
  effective: '2026-10-01',
  draft: false,
  operator: {
    legal_name: OPERATOR.legal_name,
    contact: { email: 'privacy@billet.example.org', post: OPERATOR.post },
    controllers: [{ ...OPERATOR, countries: ['SG'], rest: true }],
  },
};

type Told = ReturnType<typeof story>;

/** Who is signed in, as the server tells it. */
export function meOf(told: Told) {
  return {
    account_id: ME,
    device_id: 'D1',
    alias: told.me,
    handle: 'lin_wei',
    region: 'SG',
    phone: '+6581234567',
    photo: null,
    findable: { by_phone: true, by_handle: true },
    created_at: told.now - 9e9,
  };
}

/** The answers to every call, by method and path. */
export function answersOf(told: Told, { empty = false, quiet = false }): Record<string, unknown> {
  return {
    'GET /v1/health': { status: 'ok', version: '0.1.0', demo: true, operator: 'Billet Demo', policy_version: 1, policy_digest: DIGEST },
    'GET /v1/me': meOf(told),
    'GET /v1/contacts': { contacts: empty ? [] : told.contacts },
    'GET /v1/blocks': { blocked: empty ? [] : told.blocked },
    'GET /v1/contacts/requests': { requests: empty ? [] : told.requests },
    'GET /v1/me/chats': { revision: empty ? 0 : 9, chats: empty || quiet ? [] : told.settings },
    'GET /v1/me/reminders': { reminders: [] },
    'PATCH /v1/me/chats': { revision: 9 },
    'GET /v1/devices': { devices: told.devices },
    'GET /v1/protection': { protection: 'to_server', delivered_max_s: 10_800, undelivered_max_s: 259_200, recall_max_s: 120 },
    'POST /v1/codes': { expires_in_s: 300, resend_in_s: 60 },
    'GET /v1/demo/outbox': [{ to: '+12025550123', text: 'Your code is 482913', code: '482913', at: told.now }],
    'POST /v1/contacts/requests': { request_id: 'R9' },
    'GET /v1/policy.json': policy,
    'GET /v1/me/add_token': { token: TOKEN, url: `https://billet.example.org/add#${TOKEN}` },
    'POST /v1/me/add_token': { token: TOKEN, url: `https://billet.example.org/add#${TOKEN}` },
    [`GET /v1/add/${TOKEN}`]: { account_id: '01PRIYA00000000000000000PP', alias: told.requests[0]?.alias, photo: null },
    'POST /v1/device_links': { token: TOKEN, secret: 'S', url: `https://billet.example.org/link#${TOKEN}`, expires_in_s: 120 },
    [`GET /v1/device_links/${TOKEN}`]: { device: { name: 'Firefox · Windows', platform: 'web' } },
    'POST /v1/reports': { report_id: 'P1' },
    'POST /v1/me/reminders': { reminder_id: 'A9' },
  };
}

/** A problem document, as the server sends it. */
export function problem(status: number, code: string, more: object = {}) {
  return { status, contentType: 'application/problem+json', json: { status, title: code, code, ...more } };
}
