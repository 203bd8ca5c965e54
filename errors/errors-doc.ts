import { familyMeanings, type ListedError, listedErrors } from './catalogue.ts';
import { type ErrorFamily, exitCodes } from './lab-error.ts';

/** The text of docs/errors.md. Pure. */
export function errorsDoc(): string {
  const families = [...new Set(listedErrors.map(({ family }) => family))];
  return `# Errors and exit codes

<!-- Written by \`npm run docs\` from errors/catalogue.ts. -->

Every error names a code, one cause, evidence (the last lines of what failed) and the next command. \`lab explain CODE\` prints what
stands here on a code, \`lab explain 69\` or \`lab explain host\` those of an exit code.

| exit code | family | means |
| --- | --- | --- |
| 0, 1, 2 | | a scenario's verdict: pass, fail, unknown. 1 also: a test failed |
${families.map((family) => `| ${exitCodes[family]} | [\`${family}\`](#${family}) | ${familyMeanings[family]} |`).join('\n')}

${families.map(section).join('\n')}`;
}

function section(family: ErrorFamily): string {
  const rows = listedErrors.filter((one) => one.family === family).map(row);
  return `## ${family}

Exit code ${exitCodes[family]}: ${familyMeanings[family]}.

| code | said when | what to do |
| --- | --- | --- |
${rows.join('\n')}
`;
}

function row({ code, means, remedy }: ListedError): string {
  return `| \`${code}\` | ${cell(means)} | ${cell(remedy)} |`;
}

/** Outside of code, Markdown would take `_` and `*` in pairs as emphasis, and `<` or `{` as they come. */
function cell(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(/[\\_*<>[\]]/g, '\\$&')))
    .join('')
    .replaceAll('|', '\\|');
}
