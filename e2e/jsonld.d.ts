/** What is used of the JSON-LD processor, which has no types of its own. */
declare module 'jsonld' {
  /** A node in expanded form: each property is an absolute IRI with a list of nodes or values. */
  interface Node {
    [iri: string]: Node[];
  }
  const jsonld: {
    expand(document: unknown, options: { documentLoader: (url: string) => Promise<never> }): Promise<Node[]>;
  };
  export default jsonld;
}
