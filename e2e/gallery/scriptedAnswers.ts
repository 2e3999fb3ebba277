import type { story } from './story';

export const ME = '01ME00000000000000000000ME';

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
export function answersOf(told: Told, empty: boolean): Record<string, unknown> {
  return {
    'GET /v1/health': { status: 'ok', version: '0.1.0', demo: true, operator: 'Billet Demo' },
    'GET /v1/me': meOf(told),
    'GET /v1/contacts': { contacts: empty ? [] : told.contacts },
    'GET /v1/blocks': { blocked: empty ? [] : told.blocked },
    'GET /v1/contacts/requests': { requests: empty ? [] : told.requests },
    'GET /v1/me/chats': { revision: empty ? 0 : 9, chats: empty ? [] : told.settings },
    'GET /v1/me/reminders': { reminders: [] },
    'PATCH /v1/me/chats': { revision: 9 },
    'GET /v1/devices': { devices: told.devices },
    'GET /v1/protection': { protection: 'to_server', delivered_max_s: 10_800, undelivered_max_s: 259_200, recall_max_s: 120 },
    'POST /v1/codes': { expires_in_s: 300, resend_in_s: 60 },
    'GET /v1/demo/outbox': [{ to: '+12025550123', text: 'Your code is 482913', code: '482913', at: told.now }],
    'POST /v1/contacts/requests': { request_id: 'R9' },
  };
}

/** A problem document, as the server sends it. */
export function problem(status: number, code: string, more: object = {}) {
  return { status, contentType: 'application/problem+json', json: { status, title: code, code, ...more } };
}
