import { shellWord } from '#provision/host/shell-word.ts';

/** Commands that texts name; where a sentence says "the lab up there", no command is meant. */
const commands =
  'up|status|list|ssh|cp|logs|watch|dashboard|halt|cut|destroy|fleetctl|scenario|snapshot|shell|env|completion|guide|runs|report|compare|vagrant|image|doctor|docs|explain|test|--help|--provider|--name';
const spoken = new RegExp(
  String.raw`(?<![\w./-]|(?:\b(?:the|a|this|that|of|one|no|every|whose) ))lab (?=(?:${commands})(?![\w]))`,
  'g',
);

/**
 * A text for a person at a terminal, with its commands as they are typed here: `lab up` is `./lab up` for whoever called the launcher so.
 * What goes to a file or a program has one spelling, and so has the text for a launcher that was called by its whole path. Pure.
 * @param env LAB_LAUNCHER is how the launcher was called, LAB_NAME which lab is meant where that is not lab.toml's
 */
export function asTyped(
  text: string,
  stream: Pick<NodeJS.WriteStream, 'isTTY'>,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const { LAB_LAUNCHER: launcher, LAB_NAME: name } = env;
  if (!stream.isTTY) return text;
  const program =
    launcher === undefined || launcher === 'lab' || launcher.startsWith('/') ? 'lab' : shellWord(launcher);
  const typed = name === undefined ? program : `${program} --name ${shellWord(name)}`;
  if (typed === 'lab') return text;
  return text.replace(spoken, (word: string, at: number) =>
    // It names a lab itself.
    text.startsWith('--name', at + word.length) ? `${program} ` : `${typed} `,
  );
}
