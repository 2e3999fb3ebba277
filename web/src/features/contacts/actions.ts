import { api } from '../../api/api';
import type { SyncClient } from '../../sync/client';
import type { StoredContact, StoredRequest } from '../../sync/database';
import type { AccountId } from '../../sync/ids';

/**
 * What can be done with contacts: on this device at once, then on the server; when that refuses, what the server says stands
 * again and the error goes to the caller.
 */
async function optimistic(
  client: SyncClient,
  here: () => Promise<unknown>,
  there: () => Promise<unknown>,
): Promise<void> {
  await here();
  try {
    await there();
  } finally {
    await client.refreshPeople().catch(() => {});
  }
}

export function block(client: SyncClient, account: AccountId): Promise<void> {
  return optimistic(
    client,
    () => setStatus(client, account, 'blocked'),
    () => api.block(account),
  );
}

export function unblock(client: SyncClient, account: AccountId): Promise<void> {
  return optimistic(
    client,
    () => setStatus(client, account, 'contact'),
    () => api.unblock(account),
  );
}

export function remove(client: SyncClient, account: AccountId): Promise<void> {
  return optimistic(
    client,
    () => setStatus(client, account, 'former'),
    () => api.removeContact(account),
  );
}

export function setRemark(client: SyncClient, account: AccountId, remark: string): Promise<void> {
  const here = () => client.db.contacts.update(account, { remark: remark || null });
  return optimistic(client, here, () => api.remark(account, remark));
}

/** Changes what the tags are at that moment: a quick hand puts on the second before the first is drawn. */
export async function changeTags(
  client: SyncClient,
  account: AccountId,
  change: (tags: readonly string[]) => string[],
): Promise<void> {
  let tags: string[] = [];
  const here = () =>
    client.db.contacts
      .where('account_id')
      .equals(account)
      .modify((contact) => {
        tags = change(contact.tags ?? []);
        contact.tags = tags;
      });
  await optimistic(client, here, () => api.tags(account, tags));
}

export function accept(client: SyncClient, request: StoredRequest): Promise<void> {
  const here = async () => {
    await client.db.requests.delete(request.request_id);
    if (request.account_id) await client.db.contacts.put(contactFrom(request, request.account_id));
  };
  return optimistic(client, here, () => api.acceptRequest(request.request_id));
}

export function decline(client: SyncClient, request: StoredRequest): Promise<void> {
  const here = () => client.db.requests.delete(request.request_id);
  return optimistic(client, here, () => api.declineRequest(request.request_id));
}

export async function askAgain(client: SyncClient, account: AccountId): Promise<void> {
  await api.requestContact({ account_id: account });
  await client.refreshPeople().catch(() => {});
}

async function setStatus(
  client: SyncClient,
  account: AccountId,
  status: StoredContact['status'],
): Promise<void> {
  await client.db.contacts.update(account, { status });
}

function contactFrom(request: StoredRequest, account_id: AccountId): StoredContact {
  return {
    account_id,
    alias: request.alias,
    remark: null,
    handle: request.handle ?? null,
    photo: null,
    status: 'contact',
  };
}
