import { useEffect, useRef, type ReactNode } from 'react';

/** A page's heading, with what can be done there. It takes the focus, so that a screen reader says where one is. */
export function PageHead({ title, children, note }: { title: string; children?: ReactNode; note?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Couchbase console`;
    heading.current?.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }, [title]);
  return (
    <div className="page-head">
      <div>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {note !== undefined && <p className="note">{note}</p>}
      </div>
      {children !== undefined && <div className="actions">{children}</div>}
    </div>
  );
}
