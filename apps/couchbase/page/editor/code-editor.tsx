import { lazy, Suspense } from 'react';
import type { EditorProps } from './code-mirror.tsx';

const CodeMirror = lazy(() => import('./code-mirror.tsx'));

/** An editor for JSON or JavaScript. It is loaded with the first text that is to be edited. */
export function CodeEditor(props: EditorProps) {
  return (
    <Suspense fallback={<p className="note">Loading the editor …</p>}>
      <CodeMirror {...props} />
    </Suspense>
  );
}
