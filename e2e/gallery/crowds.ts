import { ME } from './scriptedAnswers';

export function* long(count: number, peer: string): Generator<string> {
  const start = Date.now() - count * 30_000;
  for (let n = 1; n <= count; n += 1) {
    const at = start + n * 30_000;
    const content = { text: `number ${n}` };
    yield JSON.stringify({ op: 'envelope', seq: at * 1000, message: `L${n}`, from: peer, to: { account: ME }, at, kind: 'text', content });
  }
}

/** That many people, each with one message. */
export function* many(count: number): Generator<string> {
  const start = Date.now() - count * 60_000;
  for (let n = 1; n <= count; n += 1) {
    const at = start + n * 60_000;
    yield JSON.stringify({ op: 'envelope', seq: at * 1000, message: `L${n}`, from: person(n), to: { account: ME }, at, kind: 'text', content: { text: `message of person ${n}` } });
  }
}

export function crowd(count: number): object[] {
  return Array.from({ length: count }, (_, n) => ({ account_id: person(n + 1), alias: `Person ${n + 1}`, remark: null, handle: null, photo: null }));
}

function person(n: number): string {
  return `01PERSON${String(n).padStart(18, '0')}`;
}
