import type { Schema } from './branded';

/** The shapes of the interface that the client uses, from the server's own document (schema.ts is generated, never edited). */
export type Health = Schema<'Health'>;
export type PolicyNotice = Schema<'PolicyNotice'>;
export type CodeRequested = Schema<'CodeRequested'>;
export type OutboxItem = Schema<'OutboxItem'>;
export type SignIn = Schema<'SignIn'>;
export type SignedIn = Schema<'SignedIn'>;
export type Waiting = Schema<'Waiting'>;
export type Me = Schema<'Me'>;
export type MeChange = Schema<'MeChange'>;
export type Findable = Schema<'Findable'>;
export type AddToken = Schema<'AddToken'>;
export type TokenOwner = Schema<'TokenOwner'>;
export type Device = Schema<'Device'>;
export type Devices = Schema<'Devices'>;
export type Whom = Schema<'Whom'>;
export type Contact = Schema<'Contact'>;
export type Protection = Contact['protection'];
export type ProtectionInForce = Schema<'ProtectionInForce'>;
export type Contacts = Schema<'Contacts'>;
export type Blocks = Schema<'Blocks'>;
export type ContactRequest = Schema<'ContactRequest'>;
export type ContactRequests = Schema<'ContactRequests'>;
export type ContactRequested = Schema<'ContactRequested'>;
