import { Store } from '../sync/store';

/** Who answers for this server, as its privacy policy says. */
export type PolicyFacts = {
  version: number;
  digest: string;
  effective: string;
  draft: boolean;
  operator: {
    legal_name: string;
    contact: { email: string; post: string };
    controllers: { legal_name: string; post: string; countries: string[]; rest: boolean }[];
  };
};

/** Null until somebody looked. */
export const policyFacts = new Store<PolicyFacts | null>(null);

/** The policy as linked data: the same document that its page is made of. */
export async function learnPolicyFacts(): Promise<void> {
  try {
    const answer = await fetch('/v1/policy.json', { credentials: 'omit' });
    if (answer.ok) policyFacts.set((await answer.json()) as PolicyFacts);
  } catch {
    // Offline: what was learnt stands.
  }
}

/** The controller for people in this country: the one that names it, else the one for the rest. */
export function controllerFor(facts: PolicyFacts, region: string) {
  const { controllers } = facts.operator;
  return controllers.find((one) => one.countries.includes(region)) ?? controllers.find((one) => one.rest);
}
