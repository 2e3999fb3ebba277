import { describe, expect, it } from 'vitest';
import type { Contact } from '../../src/api/types';
import { recallableMs } from '../../src/features/conversation/recall';
import type { StoredMessage } from '../../src/sync/database';
import { History } from '../../src/sync/history';
import { conversationWith } from '../../src/sync/ids';
import { refreshPeople } from '../../src/sync/people';
import { Person, randomFrom, until } from './harness';
import { CALM, ScriptedServer } from './scriptedServer';

function world() {
  const random = randomFrom(7);
  const server = new ScriptedServer(random);
  const [ada, bob] = [new Person('ADA', server, random), new Person('BOB', server, random)];
  return { server, ada, bob };
}

/** Ada has written, Bob has it, and Ada knows its id. */
async function written() {
  const { server, ada, bob } = world();
  await Promise.all([ada.start(), bob.start()]);
  await ada.write(bob);
  await until('the message', async () => (await bob.history(ada)).length === 1);
  await until('the answer', async () => (await ada.history(bob))[0]?.message !== undefined);
  return { server, ada, bob };
}

async function recall(person: Person, of: Person): Promise<void> {
  const [message] = await person.history(of);
  await new History(person.db, person.id).askRecall(message?.key ?? '', person.now);
  person.engine.pump();
}

describe('recall', () => {
  it('leaves a placeholder on both sides, without the text', async () => {
    const { server, ada, bob } = await written();
    await recall(ada, bob);
    for (const [who, other] of [
      [ada, bob],
      [bob, ada],
    ] as const) {
      await until('recalled', async () => (await who.history(other))[0]?.kind === 'recalled');
      const [message] = await who.history(other);
      expect(message?.content).toBeNull();
      expect(message?.recallAskedAt).toBeUndefined();
    }
    const conversation = await bob.db.conversations.get(conversationWith(ada.id));
    expect(conversation?.unread).toBe(0);
    expect(server.complaints).toEqual([]);
  });

  it('is asked for again after a cut, until there is an answer', async () => {
    const { server, ada, bob } = await written();
    server.mischief = { ...CALM, cutBefore: 0.3, cutAfter: 0.3, repeat: 0.3 };
    await recall(ada, bob);
    await until('recalled', async () => (await bob.history(ada))[0]?.kind === 'recalled');
    await until('settled', async () => (await ada.db.messages.where('recallAskedAt').above(0).count()) === 0);
    server.mischief = CALM;
    expect((await ada.history(bob))[0]?.kind).toBe('recalled');
    expect(server.complaints).toEqual([]);
  });

  it('survives a crash of the tab between the wish and the line', async () => {
    const { ada, bob } = await written();
    const [message] = await ada.history(bob);
    await new History(ada.db, ada.id).askRecall(message?.key ?? '', ada.now);
    await ada.crash();
    await until('recalled', async () => (await bob.history(ada))[0]?.kind === 'recalled');
  });

  it('that comes too late says so and leaves the message', async () => {
    const { server, ada, bob } = await written();
    server.recallable.clear();
    await recall(ada, bob);
    await until('refused', async () => (await ada.history(bob))[0]?.recallRefused === 'too_late');
    const [message] = await ada.history(bob);
    expect([message?.kind, message?.recallAskedAt]).toEqual(['text', undefined]);
    expect((await bob.history(ada))[0]?.kind).toBe('text');
  });

  it("is offered for two minutes, for messages of one's own that the server has", () => {
    const message = { message: 'M', state: 'sent', kind: 'text', at: 1_000 } as unknown as StoredMessage;
    expect(recallableMs(message, 1_000)).toBe(120_000);
    expect(recallableMs(message, 120_999)).toBe(1);
    expect(recallableMs(message, 121_000)).toBe(0);
    expect(recallableMs({ ...message, state: 'queued' }, 1_000)).toBe(0);
    expect(recallableMs({ ...message, recallRefused: 'too_late' }, 1_000)).toBe(0);
    expect(recallableMs(message, 0)).toBe(120_000);
  });
});

describe('a contact who deletes the account', () => {
  it('keeps the name over the chat, is marked, and stays so when the lists come anew', async () => {
    const { server, ada, bob } = await written();
    const contact = { account_id: ada.id, alias: 'Ada', remark: null, handle: 'ada_l', photo: null };
    await bob.db.contacts.put({ ...contact, status: 'contact' });
    server.tellGone(bob.id, ada.id);
    await until('told', async () => (await bob.db.contacts.get(ada.id))?.status === 'deleted');
    const none = { contacts: async () => [], blocks: async () => [], requests: async () => [] };
    await refreshPeople(bob.db, none);
    const stored = await bob.db.contacts.get(ada.id);
    expect([stored?.status, stored?.alias, stored?.handle]).toEqual(['deleted', 'Ada', null]);
    expect((await bob.history(ada)).length).toBe(1);
  });

  it('is known by name and as gone, though the list of contacts was asked for before and came after the news', async () => {
    const { server, ada, bob } = await written();
    server.tellGone(bob.id, ada.id);
    await until('told', async () => (await bob.db.contacts.get(ada.id))?.status === 'deleted');
    const listed = { account_id: ada.id, alias: 'Ada', handle: 'ada_l', photo: '/v1/media/x', tags: [] };
    const older = {
      contacts: async () => [listed as unknown as Contact],
      blocks: async () => [],
      requests: async () => [],
    };
    await refreshPeople(bob.db, older);
    await refreshPeople(bob.db, { ...older, contacts: async () => [] });
    const stored = await bob.db.contacts.get(ada.id);
    expect(stored).toMatchObject({ status: 'deleted', alias: 'Ada', handle: null, photo: null });
  });
});
