import { type Command, Option } from 'commander';
import type { Invocation } from './invocation.ts';

interface Json {
  readonly json?: boolean;
}

/** `lab guide` and what is typed behind it. */
export function addGuideCommands(lab: Command, from: Invocation): void {
  const guide = lab
    .command('guide')
    .argument('[guide]', 'begins another guide than the chapter: the directory of one of your own')
    .description('the chapter as steps, each with a check on the real lab; progress is kept in this directory')
    .addOption(json())
    .action(async (name: string | undefined, options: Json) =>
      (await import('./commands/guide.ts')).guide(from, name, options),
    );
  addSteps(guide, from);
  addOthers(guide, from.repoDir);
}

const json = () => new Option('--json', 'machine-readable output');

/** On the way through a guide. */
function addSteps(guide: Command, from: Invocation): void {
  guide
    .command('check')
    .description('is the current step done? exit code 0 yes, 1 no, with what is missing')
    .option('--wait', 'until it is, as long as the step gives it')
    .addOption(json())
    .action(async (options: Json & { wait?: boolean }) =>
      (await import('./commands/guide.ts')).guideCheck(from, options),
    );
  guide
    .command('next')
    .description('go on to the next step, once the check of this one holds')
    .addOption(json())
    .action(async (options: Json) => (await import('./commands/guide.ts')).guideNext(from, options));
  guide
    .command('hint')
    .description('what stands between the lab and this step, as the lab itself sees it')
    .addOption(json())
    .action(async (options: Json) => (await import('./commands/guide-words.ts')).guideHint(from, options));
  guide
    .command('why')
    .description('why this step, and questions to think about')
    .option('--answers', 'with the answers')
    .addOption(json())
    .action(async (options: Json & { answers?: boolean }) =>
      (await import('./commands/guide-words.ts')).guideWhy(from, options),
    );
  guide
    .command('goto')
    .argument('<step>', 'number or name; lab guide list has them')
    .description('bring the lab to where a step begins, by typing what comes before')
    .option('--anew', 'also when that begins with lab destroy')
    .addOption(json())
    .action(async (step: string, options: Json & { anew?: boolean }) =>
      (await import('./commands/guide-goto.ts')).guideGoto(from, step, options),
    );
  guide
    .command('save')
    .description('keep the lab as the current step begins, for a goto that would begin with lab destroy')
    .addOption(json())
    .action(async (options: Json) => (await import('./commands/guide-goto.ts')).guideSave(from, options));
}

/** On guides and progress as a whole: they need no lab and no root. */
function addOthers(guide: Command, repoDir: string): void {
  guide
    .command('reset')
    .description('forget the progress in this directory; the lab stays as it is')
    .addOption(json())
    .action(async (options: Json) => (await import('./commands/guide-others.ts')).guideReset(options));
  guide
    .command('list')
    .description('all steps, and which are done')
    .addOption(json())
    .action(async (options: Json) => (await import('./commands/guide-others.ts')).guideList(repoDir, options));
  guide
    .command('class')
    .argument('<directories...>', 'one of each learner')
    .description('how far several learners are, as a table')
    .addOption(json())
    .action(async (dirs: string[], options: Json) =>
      (await import('./commands/guide-others.ts')).guideClass(repoDir, dirs, options),
    );
  guide
    .command('code')
    .description(
      "put the chapter's code/ch6 here: its units, and worker and page to be written; no file of yours is touched",
    )
    .addOption(json())
    .action(async (options: Json) => (await import('./commands/guide-others.ts')).guideCode(repoDir, options));
  guide
    .command('new')
    .argument('<name>')
    .description('write a guide of your own that works at once')
    .addOption(json())
    .action(async (name: string, options: Json) =>
      (await import('./commands/guide-others.ts')).guideNew(repoDir, name, options),
    );
}
