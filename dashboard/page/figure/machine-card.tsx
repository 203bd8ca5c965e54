import type { MachineNow, Moment } from '../../moment/moment.ts';
import { type ChapterLayer, shortUnit, unitParts } from '../../moment/unit-parts.ts';

type UnitView = Moment['units'][number];

interface CardProps {
  readonly machine: MachineNow;
  readonly moment: Moment;
  /** The unit that is pointed at or has the focus; undefined: none. */
  readonly onChoose: (unit: string | undefined) => void;
  /** Somebody wants to do something to it; undefined: nothing can be done at this moment. */
  readonly onAct: ((machine: string) => void) | undefined;
}

/** One machine as the chapter draws it: a box with its units, by layers. */
export function MachineCard({ machine, moment, onChoose, onAct }: CardProps) {
  const here = moment.units.filter((unit) => isOn(unit, machine.name));
  const away = machine.state !== 'running';
  return (
    <li className={`machine ${away ? 'away' : ''}`}>
      <div className="top">
        <h3>
          {machine.name} <small>{machine.address}</small>
        </h3>
        {onAct !== undefined && (
          <button type="button" onClick={() => onAct(machine.name)} aria-label={`Do something to ${machine.name}`}>
            ⚡
          </button>
        )}
      </div>
      <p className="badges">
        <span className={`badge ${away ? 'bad' : 'ok'}`}>{machine.state}</span>
        {machine.etcd === 'leader' && <span className="badge leads">etcd leader</span>}
        {machine.etcd === 'away' && !away && <span className="badge bad">etcd away</span>}
        {machine.engine && <span className="badge leads">fleet engine</span>}
        {!machine.listed && <span className="badge bad">not in fleet's list</span>}
      </p>
      <Band layer="application" units={here} machine={machine.name} onChoose={onChoose} />
      <Band layer="persistence" units={here} machine={machine.name} onChoose={onChoose} />
      <Band layer="other" units={here} machine={machine.name} onChoose={onChoose} />
    </li>
  );
}

/** Where a unit says it is; without a word of it, where fleet wants it. */
function isOn({ states, target }: UnitView, machine: string): boolean {
  return states.length === 0 ? target === machine : states.some((one) => one.machine === machine);
}

function Band(props: {
  readonly layer: ChapterLayer;
  readonly units: readonly UnitView[];
  readonly machine: string;
  readonly onChoose: CardProps['onChoose'];
}) {
  const { layer, units, machine, onChoose } = props;
  const own = units.filter(({ name }) => unitParts(name).layer === layer);
  const sidekicks = own.filter(({ name }) => unitParts(name).sidekick);
  const mains = own.filter((unit) => !sidekicks.includes(unit));
  if (own.length === 0 && layer === 'other') return null;
  const beside = (unit: UnitView) => sidekicks.find((one) => principalOf(one.name) === unit.name);
  const alone = sidekicks.filter((one) => !mains.some(({ name }) => name === principalOf(one.name)));
  return (
    <div className={`band ${layer}`}>
      {own.length === 0 ? (
        <p className="empty">no {layer} unit</p>
      ) : (
        <ul aria-label={`${layer === 'other' ? 'other units' : `${layer} layer`} of ${machine}`}>
          {[...mains, ...alone].map((unit) => (
            <Chip key={unit.name} unit={unit} sidekick={beside(unit)} machine={machine} onChoose={onChoose} />
          ))}
        </ul>
      )}
    </div>
  );
}

/** `couchbase@1.service` of `couchbase-sidekick@1.service`. */
function principalOf(sidekick: string): string {
  return sidekick.replace('-sidekick@', '@');
}

const symbols = { running: '●', failed: '✗', changing: '◐' } as const;

function Chip(props: {
  readonly unit: UnitView;
  readonly sidekick: UnitView | undefined;
  readonly machine: string;
  readonly onChoose: CardProps['onChoose'];
}) {
  const { unit, sidekick, machine, onChoose } = props;
  const { state, tone } = stateOn(unit, machine);
  const told = sidekick === undefined ? undefined : stateOn(sidekick, machine);
  return (
    <li
      className={`unit ${tone}`}
      data-unit={`${unit.name} ${machine}`}
      onPointerEnter={() => onChoose(unit.name)}
      onPointerLeave={() => onChoose(undefined)}
    >
      <span className="name">
        <span aria-hidden="true">{symbols[tone]}</span> {shortUnit(unit.name)}
      </span>
      {tone !== 'running' && <small>{state}</small>}
      {told !== undefined && sidekick !== undefined && (
        <span className={`sidekick ${told.tone}`} title={`${sidekick.name}: ${told.state}`}>
          <span aria-hidden="true">{symbols[told.tone]}</span> sidekick
          {told.tone !== 'running' && ` ${told.state}`}
        </span>
      )}
    </li>
  );
}

function stateOn(
  { states }: UnitView,
  machine: string,
): { readonly state: string; readonly tone: keyof typeof symbols } {
  const state = states.find((one) => one.machine === machine)?.state ?? 'no state yet';
  if (state === 'active/running') return { state, tone: 'running' };
  return { state, tone: state.startsWith('failed') ? 'failed' : 'changing' };
}
