/** What a rule of the approver set says to a person, and what it concedes: said before anybody signs under it. */

/** How many must approve, and how many of them on their own machines. */
export interface Quorum {
  readonly persons: number;
  readonly classA: number;
}

/** Whoever owns the server owns the page on which class B approves: what class A does not have to do, he does. */
export function ruleWords({ persons, classA }: Quorum): readonly string[] {
  const needs = `Needs ${persons} ${persons === 1 ? 'person' : 'persons'}, ${classA} on their own machines.`;
  if (classA >= Math.min(persons, 2)) return [needs];
  return [needs, `It falls to ${classA === 0 ? 'the server alone' : 'one officer together with the server'}.`];
}
