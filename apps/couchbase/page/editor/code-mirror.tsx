import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { json, jsonParseLinter } from '@codemirror/lang-json';
import { bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { linter } from '@codemirror/lint';
import { EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { highlighting, theme } from './editor-theme.ts';

export interface EditorProps {
  /** Where it begins; a later value does nothing: give another `key` for another text. */
  readonly text: string;
  readonly language: 'json' | 'javascript';
  /** For a screen reader. */
  readonly label: string;
  readonly isReadOnly?: boolean;
  readonly onChange?: (text: string) => void;
  /** Ctrl+S, or Cmd+S. */
  readonly onSave?: () => void;
}

/** CodeMirror. Tab leaves it, as any other field: nobody is caught in it who has only a keyboard. */
export default function CodeMirror({ text, language, label, isReadOnly = false, onChange, onSave }: EditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const heard = useRef({ onChange, onSave });
  useEffect(() => {
    heard.current = { onChange, onSave };
  });
  const beginning = useRef(text);
  useEffect(() => {
    const save = () => {
      heard.current.onSave?.();
      return true;
    };
    const view = new EditorView({
      parent: place.current ?? document.body,
      doc: beginning.current,
      extensions: [
        EditorView.cspNonce.of(nonce()),
        ...extensionsOf(language, label),
        isReadOnly ? readOnly : keymap.of([{ key: 'Mod-s', run: save }]),
        history(),
        keymap.of([...defaultKeymap, ...historyKeymap]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) heard.current.onChange?.(update.state.doc.toString());
        }),
      ],
    });
    return () => view.destroy();
  }, [language, label, isReadOnly]);
  return <div ref={place} className="editor" />;
}

function extensionsOf(language: EditorProps['language'], label: string): Extension[] {
  return [
    theme,
    syntaxHighlighting(highlighting),
    lineNumbers(),
    drawSelection(),
    highlightActiveLine(),
    bracketMatching(),
    indentOnInput(),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': label }),
    language === 'json' ? [json(), linter(jsonParseLinter())] : javascript(),
  ];
}

const readOnly: Extension = [
  EditorState.readOnly.of(true),
  EditorView.contentAttributes.of({ 'aria-readonly': 'true' }),
];

/** The server gives each page a nonce for the style sheets that the editor makes. */
function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}
