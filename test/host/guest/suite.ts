/** Debian releases that the tests boot. */
export const suites = ['bookworm', 'trixie'] as const;
export type Suite = (typeof suites)[number];
