import type { SubmitEvent } from 'react';
import { Field } from '../parts/field.tsx';
import { jsonProblem } from '../parts/json-text.ts';
import type { ViewParameters } from './view-parameters.ts';

const keys = [
  { name: 'key', label: 'Key, JSON' },
  { name: 'startKey', label: 'From key, JSON' },
  { name: 'endKey', label: 'To key, JSON' },
] as const;
const numbers = [
  { name: 'limit', label: 'Rows', min: 1, max: 1000 },
  { name: 'skip', label: 'Skip', min: 0, max: 1_000_000 },
] as const;
const indexes = [
  { value: 'false', label: 'updated before' },
  { value: 'update_after', label: 'updated after' },
  { value: 'ok', label: 'as it is' },
];
const groups = [
  { value: 'none', label: 'one for all' },
  ...['1', '2', '3', '4'].map((level) => ({ value: level, label: `by ${level} of the key` })),
  { value: 'all', label: 'by the whole key' },
];

interface Part {
  readonly parameters: ViewParameters;
  readonly set: (changed: Partial<ViewParameters>) => void;
}

/** What of a view is to be shown. */
export function QueryForm(props: {
  parameters: ViewParameters;
  hasReduce: boolean;
  onChange: (parameters: ViewParameters) => void;
  onSubmit: (event: SubmitEvent) => void;
}) {
  const { parameters, hasReduce, onChange, onSubmit } = props;
  const set = (changed: Partial<ViewParameters>) => onChange({ ...parameters, ...changed });
  return (
    <form className="query" onSubmit={onSubmit}>
      <Texts parameters={parameters} set={set} />
      <Choice
        label="Index"
        options={indexes}
        value={parameters.stale}
        onChoose={(value) => set({ stale: value as ViewParameters['stale'] })}
      />
      {hasReduce && (
        <Choice
          label="Groups"
          options={groups}
          value={parameters.group}
          isDisabled={!parameters.reduce}
          onChoose={(group) => set({ group })}
        />
      )}
      <div className="checks">
        <Check label="Descending" isOn={parameters.isDescending} onSwitch={(isDescending) => set({ isDescending })} />
        {hasReduce && <Check label="Reduce" isOn={parameters.reduce} onSwitch={(reduce) => set({ reduce })} />}
      </div>
      <button type="submit" className="primary">
        Show rows
      </button>
    </form>
  );
}

function Texts({ parameters, set }: Part) {
  return (
    <>
      {keys.map(({ name, label }) => (
        <Field key={name} label={label} problem={keyProblem(parameters[name])}>
          {(ids) => (
            <input {...ids} value={parameters[name]} onChange={(event) => set({ [name]: event.target.value })} />
          )}
        </Field>
      ))}
      {numbers.map(({ name, label, min, max }) => (
        <Field key={name} label={label}>
          {(ids) => (
            <input
              {...ids}
              min={min}
              max={max}
              type="number"
              value={parameters[name]}
              onChange={(event) => set({ [name]: event.target.value })}
            />
          )}
        </Field>
      ))}
    </>
  );
}

function Choice(props: {
  label: string;
  options: readonly { value: string; label: string }[];
  value: string;
  isDisabled?: boolean;
  onChoose: (value: string) => void;
}) {
  const { label, options, value, isDisabled = false, onChoose } = props;
  return (
    <Field label={label}>
      {(ids) => (
        <select {...ids} value={value} disabled={isDisabled} onChange={(event) => onChoose(event.target.value)}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function Check(props: { label: string; isOn: boolean; onSwitch: (isOn: boolean) => void }) {
  return (
    <label className="check">
      <input type="checkbox" checked={props.isOn} onChange={(event) => props.onSwitch(event.target.checked)} />
      {props.label}
    </label>
  );
}

function keyProblem(text: string): string | undefined {
  return text.trim() === '' || jsonProblem(text) === undefined ? undefined : 'Not JSON: text stands in "quotes"';
}
