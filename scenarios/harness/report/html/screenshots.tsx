import { Section } from './parts/section.tsx';

export interface Screenshot {
  readonly name: string;
  /** A PNG file. */
  readonly base64: string;
}

/** The run's pictures, inside the page. */
export function Screenshots({ files }: { readonly files: readonly Screenshot[] }) {
  return (
    <Section id="screenshots" title="What a visitor saw">
      <div className="pictures">
        {files.map(({ name, base64 }, index) => (
          <figure key={index}>
            <img alt={`The page in a browser: ${name}`} src={`data:image/png;base64,${base64}`} />
            <figcaption>{name}</figcaption>
          </figure>
        ))}
      </div>
    </Section>
  );
}
