import { api } from '../api/api';
import type { PolicyNotice } from '../api/types';
import { Store } from '../sync/store';

/** A change of the privacy policy that this account has not read of yet. */
export const policyNotice = new Store<PolicyNotice | null>(null);

/** Asks what there is to be told. The server says `policy` whenever a device comes back and something is new. */
export async function learnPolicyNotice(): Promise<void> {
  try {
    policyNotice.set((await api.policyNotice()) ?? null);
  } catch {
    // Told again when the line is back.
  }
}

/** Says that it was read. Should the line be away, it is shown once more. */
export async function readPolicyNotice(version: number): Promise<void> {
  policyNotice.set(null);
  try {
    await api.policyNoticeRead(version);
  } catch {
    // The server tells it again.
  }
}
