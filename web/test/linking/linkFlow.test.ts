import { describe, expect, test } from 'vitest';
import { ApiError } from '../../src/api/call';
import { type DeviceLink, LinkFlow, type LinkState } from '../../src/features/linking/linkFlow';

type Answer = 'waiting' | 'signed_in' | 'ended' | 'offline';

/** A server and a clock to play with: links are made one after the other; each claim is answered when the test says so. */
function world() {
  let now = 0;
  let made = 0;
  let entered = 0;
  const sleeping: { at: number; wake: () => void }[] = [];
  const claims: { token: string; answer: (what: Answer) => void }[] = [];
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
  return {
    make: async (): Promise<DeviceLink> => {
      made += 1;
      return {
        token: `t${made}`,
        secret: 's',
        url: `https://billet.example/link#t${made}`,
        expires_in_s: 120,
      };
    },
    claim: ({ token }: DeviceLink) =>
      new Promise<'waiting' | 'signed_in'>((resolve, reject) => {
        claims.push({
          token,
          answer: (what) => {
            if (what === 'ended') reject(new ApiError(410, 'link_ended', ''));
            else if (what === 'offline') reject(new ApiError(0, 'offline', ''));
            else resolve(what);
          },
        });
      }),
    enter: async () => {
      entered += 1;
    },
    now: () => now,
    wait: (ms: number) => new Promise<void>((wake) => sleeping.push({ at: now + ms, wake })),
    /** Lets time pass to the next thing that waits for it, until `ms` are over. */
    async pass(ms: number) {
      const until = now + ms;
      for (;;) {
        await settle();
        const next = sleeping.filter((s) => s.at <= until).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        sleeping.splice(sleeping.indexOf(next), 1);
        now = next.at;
        next.wake();
      }
      now = until;
      await settle();
    },
    async answer(token: string, what: Answer) {
      const claim = claims.findLast((c) => c.token === token);
      if (!claim) throw new Error(`nobody claims ${token}`);
      claims.splice(claims.indexOf(claim), 1);
      claim.answer(what);
      await settle();
    },
    entered: () => entered,
    made: () => made,
    settle,
  };
}

const url = (state: LinkState) => (state.name === 'waiting' ? state.url : state.name);

describe('a sign-in by phone', () => {
  test('waits, asks again, and lets the computer in once the phone has confirmed', async () => {
    const w = world();
    const flow = new LinkFlow(w);
    void flow.start();
    await w.settle();
    expect(flow.state.get()).toEqual({ name: 'waiting', url: 'https://billet.example/link#t1' });
    await w.answer('t1', 'waiting');
    await w.answer('t1', 'signed_in');
    expect(flow.state.get().name).toBe('confirmed');
    expect(w.entered()).toBe(1);
  });

  test('shows a new code before the old one ends, and still hears of the old one', async () => {
    const w = world();
    const flow = new LinkFlow(w);
    void flow.start();
    await w.pass(101_000);
    expect(url(flow.state.get())).toMatch(/t2$/);
    await w.answer('t1', 'signed_in');
    expect(flow.state.get().name).toBe('confirmed');
    expect(w.entered()).toBe(1);
  });

  test('says that it was declined, and begins anew when asked', async () => {
    const w = world();
    const flow = new LinkFlow(w);
    void flow.start();
    await w.pass(5_000);
    await w.answer('t1', 'ended');
    expect(flow.state.get().name).toBe('declined');
    void flow.start();
    await w.settle();
    expect(url(flow.state.get())).toMatch(/t2$/);
  });

  test('a code whose time is up is no refusal', async () => {
    const w = world();
    const flow = new LinkFlow(w);
    void flow.start();
    await w.pass(121_000);
    await w.answer('t1', 'ended');
    expect(url(flow.state.get())).toMatch(/t2$/);
  });

  test('a line that breaks is tried again', async () => {
    const w = world();
    const flow = new LinkFlow(w);
    void flow.start();
    await w.pass(1_000);
    await w.answer('t1', 'offline');
    await w.pass(3_000);
    await w.answer('t1', 'signed_in');
    expect(w.entered()).toBe(1);
  });

  test('stops after a while, and nothing that comes later lets anybody in', async () => {
    const w = world();
    const flow = new LinkFlow(w);
    void flow.start();
    await w.pass(16 * 60_000);
    expect(flow.state.get().name).toBe('expired');
    await w.answer(`t${w.made()}`, 'signed_in');
    expect(w.entered()).toBe(0);
  });
});
