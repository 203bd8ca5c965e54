import { CodeEditor } from '../editor/code-editor.tsx';
import { Field } from '../parts/field.tsx';
import type { ViewSource } from '../rest/shapes.ts';

const builtIn = ['_count', '_sum', '_stats'];
const ownReduce = 'function (keys, values, rereduce) {\n  return values.length;\n}';

/** The two functions of a view. @param onChange gets the view as it is now; without it they are only to be read */
export function Functions({ view, onChange }: { view: ViewSource; onChange?: (view: ViewSource) => void }) {
  const { map, reduce = '' } = view;
  const isOwn = reduce !== '' && !builtIn.includes(reduce);
  const kind = isOwn ? 'own' : reduce;
  const change = (changed: ViewSource) => onChange?.(changed);
  const withReduce = (text: string) => change(text === '' ? { map } : { map, reduce: text });
  const isReadOnly = onChange === undefined;
  return (
    <>
      <div className="field">
        <p className="label">Map</p>
        <CodeEditor
          text={map}
          language="javascript"
          label="Map function"
          isReadOnly={isReadOnly}
          onChange={(text) => change(reduce === '' ? { map: text } : { map: text, reduce })}
        />
      </div>
      <Field label="Reduce">
        {(ids) => (
          <select
            {...ids}
            value={kind}
            disabled={isReadOnly}
            onChange={({ target }) => withReduce(target.value === 'own' ? ownReduce : target.value)}
          >
            <option value="">none</option>
            {builtIn.map((name) => (
              <option key={name}>{name}</option>
            ))}
            <option value="own">JavaScript</option>
          </select>
        )}
      </Field>
      {isOwn && (
        <CodeEditor
          text={reduce}
          language="javascript"
          label="Reduce function"
          isReadOnly={isReadOnly}
          onChange={withReduce}
        />
      )}
    </>
  );
}
