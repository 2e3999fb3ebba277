import { describe, expect, test } from 'vitest';
import { Person, randomFrom, until } from './harness';
import { CALM, type Mischief, ScriptedServer } from './scriptedServer';

const ROUGH: Mischief = { cutBefore: 0.06, cutAfter: 0.06, repeat: 0.2, slowDown: 0.05, refuse: 0.05 };
const SEEDS = Number(process.env.BILLET_MODEL_SEEDS ?? 12);

/** Two people write to each other and to a third while everything goes wrong; then the network is calm. */
async function chat(seed: number): Promise<void> {
  const random = randomFrom(seed);
  const server = new ScriptedServer(random);
  server.mischief = ROUGH;
  const people = ['A', 'B', 'C'].map((name) => new Person(name, server, random));
  await Promise.all(people.map((person) => person.start()));
  const written = new Map<string, string[]>();
  for (let step = 0; step < 60; step += 1) {
    const from = people[Math.floor(random() * 3)] as Person;
    const to = people[Math.floor(random() * 3)] as Person;
    const dice = random();
    if (dice < 0.06) await from.crash();
    else if (dice < 0.1) server.cutAll();
    else if (from !== to)
      written.set(from.id + to.id, [...(written.get(from.id + to.id) ?? []), await from.write(to)]);
    if (random() < 0.3) await new Promise((resolve) => setTimeout(resolve, 3));
  }
  server.mischief = CALM;
  for (const person of people) person.engine.wake();

  const settled = async (person: Person) => {
    const states = (await person.db.messages.toArray()).map((m) => m.state);
    return (
      (await person.db.outbox.count()) === 0 && states.every((s) => s === 'received' || s === 'delivered')
    );
  };
  await until(`seed ${seed} to settle`, async () => (await Promise.all(people.map(settled))).every(Boolean));
  for (const from of people) {
    for (const to of people) {
      const texts = written.get(from.id + to.id) ?? [];
      expect(await to.textsOf(from, from), `seed ${seed}: what ${to.id} has from ${from.id}`).toEqual(texts);
      expect(await from.textsOf(to, from), `seed ${seed}: what ${from.id} sees of its own`).toEqual(texts);
    }
  }
  expect(server.complaints, `seed ${seed}: rules of the protocol`).toEqual([]);
  await Promise.all(people.map((person) => person.engine.stop()));
}

describe('over a network that drops, repeats and refuses', () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    test(`nothing is lost, nothing comes twice, order holds (seed ${seed})`, () => chat(seed), 60_000);
  }
});
