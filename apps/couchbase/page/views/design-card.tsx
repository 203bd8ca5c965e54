import { hrefOf } from '../shell/route.ts';
import { viewsOf, type Design } from './designs.ts';

/** A design document with its views, and what can be done with it. */
export function DesignCard(props: { bucket: string; design: Design; onPublish: () => void; onDelete: () => void }) {
  const { bucket, design, onPublish, onDelete } = props;
  const { name, title, isDevelopment } = design;
  return (
    <section className="card" aria-label={`Design document ${name}`}>
      <div className="card-head">
        <h2>{title}</h2>
        <span className={`pill ${isDevelopment ? 'development' : 'production'}`}>
          {isDevelopment ? 'Development' : 'Production'}
        </span>
        <div className="actions">
          {isDevelopment && (
            <button type="button" onClick={onPublish} aria-label={`Publish ${title}`}>
              Publish
            </button>
          )}
          <button type="button" className="danger" onClick={onDelete} aria-label={`Delete ${name}`}>
            Delete
          </button>
        </div>
      </div>
      <table className="stacked">
        <thead>
          <tr>
            <th scope="col">View</th>
            <th scope="col">Map</th>
            <th scope="col">Reduce</th>
          </tr>
        </thead>
        <tbody>
          {viewsOf(design).map(([view, { map, reduce }]) => (
            <tr key={view}>
              <th scope="row">
                <a href={hrefOf({ page: 'view', bucket, design: name, view })}>{view}</a>
              </th>
              <td data-label="Map">
                <code className="preview">{map}</code>
              </td>
              <td data-label="Reduce">
                {reduce === undefined || reduce === '' ? 'none' : <code className="preview">{reduce}</code>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
