/** The names of all scenarios, with blanks. They take their time to load. */
export async function scenarioNames(): Promise<string> {
  const { scenarios } = await import('#scenarios/catalog.ts');
  return scenarios.map(({ name }) => name).join(' ');
}
