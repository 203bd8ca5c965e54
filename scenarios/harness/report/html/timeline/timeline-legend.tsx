/** What the colours and strokes of the timeline mean; only those that are in it. */
export function Legend({ faults, probes }: { readonly faults: boolean; readonly probes: boolean }) {
  return (
    <ul className="legend">
      <li>
        <Swatch of="on" /> running (colour and name: which machine)
      </li>
      <li>
        <Swatch of="changing" /> starting or stopping
      </li>
      <li>
        <Swatch of="waiting" /> nowhere
      </li>
      {faults && (
        <li>
          <Swatch of="fault" /> a fault is in force
        </li>
      )}
      {probes && (
        <>
          <li>
            <Swatch of="median" /> median and <Swatch of="worst" /> slowest good answer
          </li>
          <li>
            <Swatch of="failing" /> share that failed
          </li>
        </>
      )}
    </ul>
  );
}

function Swatch({ of }: { readonly of: string }) {
  return <span className={`swatch ${of}`} />;
}
