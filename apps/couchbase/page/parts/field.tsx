import { useId, type ReactNode } from 'react';

/** A labelled form field with a hint or, in its place, what is wrong with what stands there. @param children gets the ids to use */
export function Field(props: {
  label: string;
  hint?: string;
  problem?: string | undefined;
  children: (ids: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean }) => ReactNode;
}) {
  const { label, hint, problem, children } = props;
  const id = useId();
  const told = problem ?? hint;
  const describedBy = told === undefined ? undefined : `${id}-told`;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-describedby': describedBy, 'aria-invalid': problem !== undefined })}
      {told !== undefined && (
        <p id={describedBy} className={problem === undefined ? 'hint' : 'hint bad'}>
          {told}
        </p>
      )}
    </div>
  );
}
