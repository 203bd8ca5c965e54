import type { ReactNode } from 'react';

/** A column's heading; `num` for figures, which stand flush right. */
export type Column = readonly [name: string, kind?: 'num'];

/** A table that scrolls sideways by itself where the page is too narrow for it. */
export function WideTable(props: {
  readonly className: string;
  readonly caption?: string | undefined;
  readonly columns: readonly Column[];
  readonly children: ReactNode;
}) {
  return (
    <div className="wide">
      <Table {...props} />
    </div>
  );
}

/** A table with headed columns; the children are its rows. */
export function Table(props: {
  readonly className?: string;
  readonly caption?: string | undefined;
  readonly columns: readonly Column[];
  readonly children: ReactNode;
}) {
  const { className, caption, columns, children } = props;
  return (
    <table className={className}>
      {caption !== undefined && <caption>{caption}</caption>}
      <thead>
        <tr>
          {columns.map(([name, kind]) => (
            <th key={name} scope="col" className={kind}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}
