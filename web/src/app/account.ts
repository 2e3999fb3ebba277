import { createContext, use } from 'react';
import type { Me } from '../api/types';
import type { SyncClient } from '../sync/client';

export type AccountValue = { me: Me; client: SyncClient };

export const AccountContext = createContext<AccountValue | null>(null);

/** Who is signed in; only for what stands inside the shell. */
export function useAccount(): AccountValue {
  const value = use(AccountContext);
  if (!value) throw new Error('useAccount outside of the shell');
  return value;
}
