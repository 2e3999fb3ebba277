import { expect, test } from '@playwright/test';
import type { AccountId, DeviceId } from '../../web/src/sync/ids';
import { conversationWith } from '../../web/src/sync/ids';
import { Device } from '../../web/test/sync/device';
import { randomFrom } from '../../web/test/sync/harness';
import { type RawSocket, rawSocket } from './rawSocket';
import { type Server, startServer } from './server';

const SEED = Number(process.env.BILLET_MODEL_SEED ?? Math.floor(Math.random() * 1_000_000));
const STEPS = Number(process.env.BILLET_MODEL_STEPS ?? 400);

/** Time for everything to arrive once all is calm. */
const WITHIN_MS = 60_000;

type Session = { account_id: AccountId; device_id: DeviceId; token: string };

async function call<T>(server: Server, path: string, body?: unknown, token?: string): Promise<T> {
  const answer = await fetch(`${server.origin}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  const text = await answer.text();
  return (text === '' ? null : JSON.parse(text)) as T;
}

async function signIn(server: Server, phone: string, name: string): Promise<Session> {
  await call(server, '/v1/codes', { phone });
  const [sent] = await call<{ code: string }[]>(server, `/v1/demo/outbox?to=${encodeURIComponent(phone)}`);
  return call(server, '/v1/sessions', {
    phone, code: sent?.code, alias: name, birth_date: '1990-05-17', region: 'US', device: { name: 'model', platform: 'web' },
  });
}

/** A device with the sockets it has opened, so that any of them can be cut. */
function deviceOf(server: Server, name: string, session: Session, random: () => number) {
  const sockets = new Set<RawSocket>();
  const openSocket = () => {
    const socket = rawSocket(server.origin, session.token);
    sockets.add(socket);
    return socket;
  };
  const device = new Device(name, { account: session.account_id, device: session.device_id }, openSocket, random);
  const cut = () => {
    for (const socket of sockets) socket.cut();
    sockets.clear();
  };
  return { device, cut };
}

/** What is missing where, for the message of a failure. */
async function standing(devices: readonly Device[]): Promise<string> {
  const lines = devices.map(async (device) => {
    const messages = await device.db.messages.toArray();
    const counts = new Map<string, number>();
    for (const m of messages) {
      const state = [m.from === device.signed.account ? 'own' : 'other', m.kind, m.state, m.error].join(' ');
      counts.set(state, (counts.get(state) ?? 0) + 1);
    }
    return `${device.name} (${device.line()}, waiting ${await device.waiting()}): ${JSON.stringify([...counts])}`;
  });
  return (await Promise.all(lines)).join('\n');
}

/** Every device holds every message that was not taken back, and knows it to be delivered. */
async function settled(devices: readonly Device[], total: number): Promise<boolean> {
  const recalled = new Set<string | undefined>();
  for (const { db } of devices) {
    for (const m of await db.messages.filter((m) => m.kind === 'recalled').toArray()) recalled.add(m.message);
  }
  for (const device of devices) {
    if ((await device.waiting()) > 0) return false;
    const kept = await device.db.messages.filter((m) => m.kind !== 'recalled').toArray();
    if (kept.length !== total - recalled.size || kept.some((m) => recalled.has(m.message))) return false;
    if (kept.some((m) => m.from === device.signed.account && m.state !== 'delivered')) return false;
  }
  return true;
}

/** Whatever happens to lines, tabs and the server: CHAT-3H must not cost a message that both sides have. */
test('two accounts on two devices each, over bad lines and a server that dies', async () => {
  test.setTimeout(240_000);
  console.log(`seed ${SEED}, ${STEPS} steps`);
  const random = randomFrom(SEED);
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T;
  const server = await startServer();
  const a1 = await signIn(server, '+12025550181', 'Ada');
  const b1 = await signIn(server, '+12025550182', 'Bob');
  const a2 = await signIn(server, '+12025550181', 'Ada');
  const b2 = await signIn(server, '+12025550182', 'Bob');
  const { request_id } = await call<{ request_id: string }>(
    server, '/v1/contacts/requests', { to: { account_id: b1.account_id } }, a1.token,
  ).catch(() => call<{ request_id: string }>(server, '/v1/contacts/requests', { to: { phone: '+12025550182' } }, a1.token));
  const { requests } = await call<{ requests: { request_id: string; direction: string }[] }>(
    server, '/v1/contacts/requests', undefined, b1.token,
  );
  const asked = requests.find((r) => r.direction === 'in')?.request_id ?? request_id;
  await call(server, `/v1/contacts/requests/${asked}/accept`, {}, b1.token);

  const all = [a1, a2, b1, b2].map((session, n) => deviceOf(server, ['a1', 'a2', 'b1', 'b2'][n] ?? '', session, random));
  const peerOf = (device: Device) => (device.signed.account === a1.account_id ? b1 : a1).account_id;
  for (const { device } of all) await device.start();
  const written = new Map<string, string[]>();
  const did = { writes: 0, crashes: 0, cuts: 0, kills: 0, recalls: 0 };
  for (let step = 0; step < STEPS; step += 1) {
    const { device, cut } = pick(all);
    const dice = random();
    if (dice < 0.05) {
      did.crashes += 1;
      cut();
      await device.crash();
    } else if (dice < 0.12) {
      did.cuts += 1;
      cut();
    } else if (dice < 0.13 && did.kills < 6) {
      did.kills += 1;
      await server.crash();
    } else if (dice < 0.16) {
      did.recalls += 1;
      await device.recallLast(peerOf(device));
    } else {
      did.writes += 1;
      written.set(device.name, [...(written.get(device.name) ?? []), await device.write(peerOf(device))]);
    }
    if (random() < 0.4) await new Promise((resolve) => setTimeout(resolve, random() * 40));
  }
  const devices = all.map(({ device }) => device);
  const deadline = Date.now() + WITHIN_MS;
  while (!(await settled(devices, did.writes))) {
    if (Date.now() > deadline) throw new Error(`seed ${SEED}: not all arrived\n${await standing(devices)}`);
    for (const device of devices) device.wake();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }

  // A message that was taken back before a device had it is not even a grey line there.
  const chats = await Promise.all(devices.map((device) => device.chat(conversationWith(peerOf(device)))));
  for (const [n, chat] of chats.entries()) {
    const { name } = devices[n] ?? { name: '' };
    expect(new Set(chat.map((m) => m.message)).size, `seed ${SEED}: nothing twice on ${name}`).toBe(chat.length);
    expect(chat.map((m) => m.sort), `seed ${SEED}: ${name} stands by seq`).toEqual(chat.map((m) => m.sort).toSorted((x, y) => x - y));
  }
  const texts = chats.map((chat) => chat.flatMap((m) => (m.content as { text: string } | null)?.text ?? []));
  const kept = new Set(texts[0]);
  for (const [n, list] of texts.entries()) {
    expect(list, `seed ${SEED}: the order on ${devices[n]?.name}`).toEqual(texts[0]);
    for (const [name, wrote] of written) {
      expect(list.filter((text) => text.startsWith(`${name}-`)), `seed ${SEED}: what ${name} wrote, in its order`).toEqual(
        wrote.filter((text) => kept.has(text)),
      );
    }
  }
  console.log(`seed ${SEED}: ${JSON.stringify(did)}; ${did.writes - kept.size} taken back`);
  for (const device of devices) await device.stop();
  await server.stop();
});
