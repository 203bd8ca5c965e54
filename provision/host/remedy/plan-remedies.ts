import type { Command } from '../check.ts';
import type { DoctorReport } from '../doctor.ts';

type Finding = DoctorReport['checks'][number];

/** One thing that `lab doctor --fix` would do. */
export interface Remedy {
  /** The check that it is for, or `leftovers` or `fence`. */
  readonly id: Finding['id'] | 'leftovers' | 'fence';
  /** As a person would type it, or say it. */
  readonly what: string;
  /** The host itself is changed: asked about first. Else only what belongs to a lab is. */
  readonly changesHost: boolean;
  readonly does:
    | { readonly kind: 'run'; readonly command: Command }
    | { readonly kind: 'install' }
    | { readonly kind: 'raise-fence' }
    | { readonly kind: 'clear'; readonly left: LeftOver };
}

/** A finding that is left to a person. */
export interface LeftFinding {
  readonly id: Finding['id'];
  readonly title: string;
  readonly detail: string;
  readonly fix: string;
  readonly why: string;
}

/** What a lab left that runs no more. */
export interface LeftOver {
  readonly lab: string;
  readonly stateDir: string;
  /** Of a lab that still has its disks; else nothing but this is there of it. */
  readonly isLab: boolean;
  /** `2 processes`, `cgroup coreos-lab/x` */
  readonly what: readonly string[];
}

/** Why a finding is left, where the reason is not that its fix is an edit. */
const whyLeft: Partial<Record<Finding['id'], string>> = {
  root: 'it needs another user',
  memory: 'which programs may end, and how large machines are to be, is yours to say',
  'disk-state': 'what may be deleted is yours to say',
  'disk-cache': 'what may be deleted is yours to say; lab image prune is a beginning',
  firewall: "rules of this host are its administrator's",
  'routing-rules': "rules of this host are its administrator's",
  'network-daemons': "settings of this host are its administrator's",
  'access-control': "what confines programs here is its administrator's to loosen",
  apparmor: "what confines programs here is its administrator's to loosen",
  ports: 'another program has them',
};

/**
 * What is safe to do about a report, in its order, and what is left to a person, with the reason. Pure.
 * @param seen.fence this lab's name, where there is one and its fence does not stand
 */
export function planRemedies(
  { checks }: Pick<DoctorReport, 'checks'>,
  seen: SeenOfLabs & { readonly mayInstall: boolean },
): { readonly remedies: readonly Remedy[]; readonly left: readonly LeftFinding[] } {
  const found = checks.flatMap((check) => (check.status === 'ok' ? [] : [check]));
  const remedies = found.flatMap((check): Remedy[] => {
    if (check.safe !== undefined) {
      const { id, safe } = check;
      return [{ id, what: safe.join(' '), changesHost: true, does: { kind: 'run', command: safe } }];
    }
    // A failed one says that this is no Debian.
    if (check.id !== 'packages' || check.status === 'fail' || !seen.mayInstall) return [];
    return [{ id: check.id, what: check.fix, changesHost: true, does: { kind: 'install' } }];
  });
  const left = found
    .filter(({ id }) => !remedies.some((remedy) => remedy.id === id))
    .map(({ id, title, detail, fix }): LeftFinding => ({ id, title, detail, fix, why: reasonOf(id) }));
  return { remedies: [...remedies, ...ofLabs(seen)], left };
}

function reasonOf(id: Finding['id']): string {
  if (id === 'packages') return 'nothing may be installed (--no-install), or this is no Debian';
  return whyLeft[id] ?? 'it cannot be undone, needs a reboot, or is an edit of yours';
}

interface SeenOfLabs {
  readonly leftOvers: readonly LeftOver[];
  readonly fence: string | undefined;
}

function ofLabs({ leftOvers, fence }: SeenOfLabs): Remedy[] {
  const cleared = leftOvers.map((left): Remedy => {
    const kept = left.isLab ? '; its disks stay' : '';
    const what = `clear away what lab ${left.lab}, which does not run, left: ${left.what.join(', ')}${kept}`;
    return { id: 'leftovers', what, changesHost: false, does: { kind: 'clear', left } };
  });
  if (fence === undefined) return cleared;
  const what = `raise the fence of lab ${fence} again, which keeps packets for its addresses on this host`;
  return [...cleared, { id: 'fence', what, changesHost: false, does: { kind: 'raise-fence' } }];
}
