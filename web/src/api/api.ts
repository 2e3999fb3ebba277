import type { ChatSettings, ChatSettingsChange } from '../sync/chatSettings';
import type { AccountId, DeviceId, MessageId } from '../sync/ids';
import type { Reminder } from '../sync/reminders';
import { type Answer, call } from './call';
import type {
  AddToken,
  Blocks,
  CodeRequested,
  ContactRequested,
  ContactRequests,
  Contacts,
  DeviceInfo,
  DeviceLink,
  DeviceLinkMade,
  Devices,
  Health,
  LinkWaiting,
  Me,
  MeChange,
  MessageHeld,
  NewReport,
  OutboxItem,
  PolicyNotice,
  ProtectionInForce,
  Reported,
  SignedIn,
  SignIn,
  TokenOwner,
  Waiting,
  Whom,
} from './types';

const id = encodeURIComponent;
/** The server keeps a claim waiting for 25 s before it says that nobody has answered. */
const CLAIM_WITHIN_MS = 35_000;

/** Every HTTP call of the client, by name. */
export const api = {
  health: () => bodyOf(call<Health>('GET', '/v1/health')),
  /** The text comes in the language of the page, which somebody may have chosen against the browser's. */
  requestCode: (phone: string, language: string) =>
    bodyOf(call<CodeRequested>('POST', '/v1/codes', { phone }, undefined, { 'accept-language': language })),
  demoOutbox: (to: string) => bodyOf(call<OutboxItem[]>('GET', `/v1/demo/outbox?to=${id(to)}`)),
  signIn: (body: SignIn): Promise<Answer<SignedIn | Waiting>> => call('POST', '/v1/sessions', body),
  signOut: () => done(call('DELETE', '/v1/sessions/current')),
  me: () => bodyOf(call<Me>('GET', '/v1/me')),
  policyNotice: () => bodyOf(call<PolicyNotice | undefined>('GET', '/v1/policy/notice')),
  policyNoticeRead: (version: number) => done(call('POST', '/v1/policy/notice', { version })),
  changeMe: (change: MeChange) => bodyOf(call<Me>('PATCH', '/v1/me', change)),
  addToken: () => bodyOf(call<AddToken>('GET', '/v1/me/add_token')),
  newAddToken: () => bodyOf(call<AddToken>('POST', '/v1/me/add_token')),
  revokeAddToken: () => done(call('DELETE', '/v1/me/add_token')),
  whoseToken: (token: string) => bodyOf(call<TokenOwner>('GET', `/v1/add/${id(token)}`)),
  newDeviceLink: (device: DeviceInfo) => bodyOf(call<DeviceLinkMade>('POST', '/v1/device_links', { device })),
  deviceLink: (token: string) => bodyOf(call<DeviceLink>('GET', `/v1/device_links/${id(token)}`)),
  confirmDeviceLink: (token: string) => done(call('POST', `/v1/device_links/${id(token)}/confirm`)),
  declineDeviceLink: (token: string) => done(call('POST', `/v1/device_links/${id(token)}/decline`)),
  claimDeviceLink: (token: string, secret: string): Promise<Answer<SignedIn | LinkWaiting>> =>
    call('POST', '/v1/device_links/claim', { token, secret, cookie: true }, CLAIM_WITHIN_MS),
  /** A square JPEG, at most 1024 x 1024 and 256 KiB. */
  changePhoto: (jpeg: Blob) => bodyOf(call<Me>('PUT', '/v1/me/photo', jpeg)),
  removePhoto: () => bodyOf(call<Me>('DELETE', '/v1/me/photo')),
  deleteMe: (code: string) => done(call('DELETE', '/v1/me', { code })),
  messageHeld: (message: MessageId) => bodyOf(call<MessageHeld>('GET', `/v1/messages/${id(message)}`)),
  protection: () => bodyOf(call<ProtectionInForce>('GET', '/v1/protection')),
  devices: async () => (await bodyOf(call<Devices>('GET', '/v1/devices'))).devices,
  revokeDevice: (device: DeviceId) => done(call('DELETE', `/v1/devices/${id(device)}`)),
  contacts: async () => (await bodyOf(call<Contacts>('GET', '/v1/contacts'))).contacts,
  blocks: async () => (await bodyOf(call<Blocks>('GET', '/v1/blocks'))).blocked,
  requests: async () => (await bodyOf(call<ContactRequests>('GET', '/v1/contacts/requests'))).requests,
  requestContact: (to: Whom, note?: string) =>
    bodyOf(call<ContactRequested>('POST', '/v1/contacts/requests', note ? { to, note } : { to })),
  acceptRequest: (request: string) => done(call('POST', `/v1/contacts/requests/${id(request)}/accept`)),
  declineRequest: (request: string) => done(call('POST', `/v1/contacts/requests/${id(request)}/decline`)),
  remark: (account: AccountId, remark: string) =>
    done(call('PATCH', `/v1/contacts/${id(account)}`, { remark })),
  tags: (account: AccountId, tags: string[]) => done(call('PATCH', `/v1/contacts/${id(account)}`, { tags })),
  removeContact: (account: AccountId) => done(call('DELETE', `/v1/contacts/${id(account)}`)),
  block: (account: AccountId) => done(call('POST', `/v1/contacts/${id(account)}/block`)),
  chatSettings: (after: number) =>
    bodyOf(call<{ revision: number; chats: ChatSettings[] }>('GET', `/v1/me/chats?after=${after}`)),
  changeChatSettings: (chats: ChatSettingsChange[]) => done(call('PATCH', '/v1/me/chats', { chats })),
  reminders: async () => (await bodyOf(call<{ reminders: Reminder[] }>('GET', '/v1/me/reminders'))).reminders,
  addReminder: (body: Omit<Reminder, 'reminder_id'>) =>
    bodyOf(call<{ reminder_id: string }>('POST', '/v1/me/reminders', body)),
  removeReminder: (reminder: string) => done(call('DELETE', `/v1/me/reminders/${id(reminder)}`)),
  reportPerson: (report: NewReport) => bodyOf(call<Reported>('POST', '/v1/reports', report)),
  unblock: (account: AccountId) => done(call('POST', `/v1/contacts/${id(account)}/unblock`)),
  pushKey: () => bodyOf(call<{ public_key: string }>('GET', '/v1/push/key')),
  subscribePush: (subscription: PushSubscriptionBody) => done(call('PUT', '/v1/me/push', subscription)),
  unsubscribePush: () => done(call('DELETE', '/v1/me/push')),
};

/** Where this device is pushed to; not between these minutes of the day in that time zone. */
type PushSubscriptionBody = {
  endpoint: string;
  keys: { p256dh: string; auth: string };
  quiet: { from_minute: number; to_minute: number; time_zone: string } | null;
};

async function bodyOf<T>(answer: Promise<Answer<T>>): Promise<T> {
  return (await answer).body;
}

async function done(answer: Promise<Answer<unknown>>): Promise<void> {
  await answer;
}
