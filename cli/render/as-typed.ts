import { shellWord } from '#provision/host/shell-word.ts';

/** Commands that texts name; where a sentence says "the lab up there", no command is meant. */
const commands =
  'up|status|ssh|halt|cut|destroy|fleetctl|scenario|report|runs|compare|doctor|explain|image|vagrant|test|--help|--provider';
const spoken = new RegExp(
  String.raw`(?<![\w./-]|(?:\b(?:the|a|this|that|of|one|no|every|whose) ))lab (?=(?:${commands})(?![\w]))`,
  'g',
);

/**
 * A text for a person at a terminal, with its commands as they are typed here: `lab up` is `./lab up` for whoever called the launcher so.
 * What goes to a file or a program has one spelling, and so has the text for a launcher that was called by its whole path. Pure.
 * @param env LAB_LAUNCHER is how the launcher was called
 */
export function asTyped(
  text: string,
  stream: Pick<NodeJS.WriteStream, 'isTTY'>,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const { LAB_LAUNCHER: launcher } = env;
  if (!stream.isTTY || launcher === undefined || launcher === 'lab' || launcher.startsWith('/')) return text;
  const typed = shellWord(launcher);
  return text.replace(spoken, () => `${typed} `);
}
