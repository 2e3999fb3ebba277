import type { AccountId, ClientId, DeviceId, GroupId, MessageId } from '../sync/ids';
import type { components } from './schema';

/** What each name stands for wherever the interface uses it. */
type Named = {
  account_id: AccountId;
  account: AccountId;
  from: AccountId;
  device_id: DeviceId;
  message: MessageId;
  group: GroupId;
  id: ClientId;
};

/** A generated type with its ids told apart: the document knows only text. */
export type Branded<T> = T extends readonly (infer Item)[]
  ? Branded<Item>[]
  : T extends object
    ? { [K in keyof T]: K extends keyof Named ? Named[K] | Extract<T[K], null | undefined> : Branded<T[K]> }
    : T;

type Schemas = components['schemas'];
export type Schema<Name extends keyof Schemas> = Branded<Schemas[Name]>;
